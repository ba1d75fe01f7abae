// The frame around every page but the Arena: brand, the places to go, the theme.
import { Monitor, Moon, Settings, Sun } from "lucide-react";
import { useEffect, useState, type ReactNode } from "react";
import { Link, useLocation } from "wouter";
import { useMe } from "../api/queries";
import { Account } from "./account";
import { setTheme, theme, type Theme } from "./theme";
import { WaitingRound } from "./waiting-round";

const NEXT: Record<Theme, Theme> = { system: "light", light: "dark", dark: "system" };
const ICONS = { system: Monitor, light: Sun, dark: Moon };

export function ThemeButton() {
  const [now, setNow] = useState<Theme>(theme);
  const Icon = ICONS[now];
  return (
    <button
      type="button"
      className="grid size-11 place-items-center rounded-xl text-ink-2 hover:bg-sunken hover:text-ink"
      aria-label={`Colours: ${now}. Change`}
      title={`Colours: ${now}`}
      onClick={() => {
        setTheme(NEXT[now]);
        setNow(NEXT[now]);
      }}
    >
      <Icon size={18} aria-hidden="true" />
    </button>
  );
}

function Place({ to, children, active }: { to: string; children: ReactNode; active: boolean }) {
  return (
    <Link
      href={to}
      aria-current={active ? "page" : undefined}
      className={`inline-flex min-h-11 items-center rounded-xl px-2.5 text-sm font-medium sm:px-3 ${active ? "text-ink" : "text-ink-2 hover:text-ink"}`}
    >
      <span className={active ? "border-b-2 border-accent py-1" : "border-b-2 border-transparent py-1"}>
        {children}
      </span>
    </Link>
  );
}

/** The page that was there when the program was loaded: it keeps the focus that the browser gave. */
const landed = { path: window.location.pathname };

/** After a change of page the focus goes to its heading, so that it is read out and Tab goes on from there. */
function useArrival(path: string): void {
  useEffect(() => {
    if (landed.path === path) return;
    landed.path = "";
    window.scrollTo(0, 0);
    const heading = document.querySelector<HTMLElement>("#main h1") ?? document.querySelector<HTMLElement>("#main");
    heading?.setAttribute("tabindex", "-1");
    heading?.focus({ preventScroll: true });
  }, [path]);
}

export function Frame({ title, wide, children }: { title: string; wide?: boolean; children: ReactNode }) {
  const [path] = useLocation();
  // Nobody is asked who they are on the way in.
  const signedIn = useMe(path !== "/sign-in" && path !== "/password").data?.mode === "accounts";
  useArrival(path);
  useEffect(() => {
    document.title = `${title} · Interview Coach`;
  }, [title]);
  const width = "max-w-[88rem]";
  const inner = wide ? "" : "mx-auto max-w-5xl";
  return (
    <>
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:fixed focus:left-4 focus:top-4 focus:z-50 focus:rounded-xl focus:bg-surface focus:px-4 focus:py-2"
      >
        Skip to the page
      </a>
      <header className={`mx-auto flex ${width} items-center gap-1 px-4 pt-3 sm:px-8`}>
        <Link href="/" className="mr-auto inline-flex min-h-11 items-center gap-2.5 font-semibold tracking-tight">
          <img src="/icon.svg" alt="" width="26" height="26" />
          <span>
            <span className="max-sm:hidden">Interview </span>
            <span className="max-[359px]:sr-only">Coach</span>
          </span>
        </Link>
        <nav aria-label="Places" className="flex">
          <Place to="/" active={path === "/"}>
            Practise
          </Place>
          <Place to="/history" active={path.startsWith("/history")}>
            History
          </Place>
          {signedIn && (
            <Place to="/shared" active={path.startsWith("/shared")}>
              Shared
            </Place>
          )}
        </nav>
        <Link
          href="/settings"
          aria-label="Settings"
          title="Settings"
          aria-current={path === "/settings" ? "page" : undefined}
          className={`grid size-11 place-items-center rounded-xl hover:bg-sunken ${path === "/settings" ? "text-accent" : "text-ink-2 hover:text-ink"}`}
        >
          <Settings size={18} aria-hidden="true" />
        </Link>
        <ThemeButton />
        {signedIn && <Account />}
      </header>
      <WaitingRound />
      <main id="main" tabIndex={-1} className={`mx-auto ${width} px-4 pb-24 pt-5 outline-none sm:px-8 sm:pt-7`}>
        <div className={inner}>{children}</div>
      </main>
    </>
  );
}
