// The frame around what a guest sees: the brand and the theme, and none of the places that need an account.
import { useEffect, type ReactNode } from "react";
import { ThemeButton } from "../../ui/frame";

export function GuestFrame({ title, children }: { title: string; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Interview Coach`;
  }, [title]);
  return (
    <>
      <header className="mx-auto flex max-w-[88rem] items-center gap-1 px-4 pt-3 sm:px-8">
        <p className="mr-auto inline-flex min-h-11 items-center gap-2.5 font-semibold tracking-tight">
          <img src="/icon.svg" alt="" width="26" height="26" />
          Interview Coach
        </p>
        <ThemeButton />
      </header>
      <main id="main" className="mx-auto max-w-[88rem] px-4 pb-24 pt-5 sm:px-8 sm:pt-7">
        <div className="mx-auto max-w-6xl">{children}</div>
      </main>
    </>
  );
}
