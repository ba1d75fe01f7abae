// Settings: how one practises, how long sessions are kept, and everything that one owns.
import { useState, type ReactNode } from "react";
import { useMe, useProviders, useWays } from "../../api/queries";
import { canReadAloud } from "../../live/aloud";
import { keepSwitchedOff, switchedOff } from "../../live/hint-choice";
import { prefer, usePreferences } from "../../settings/preferences";
import { Frame } from "../../ui/frame";
import { Failure, Loading } from "../../ui/states";
import { SelectRow, SwitchRow } from "../../ui/switch";
import { Browsers, Tokens } from "./browsers";
import { Devices } from "./devices";
import { Keeping } from "./keeping";
import { Passkeys } from "./passkeys";
import { ProviderRows } from "./providers";
import { YourData } from "./your-data";

const PARTS = [
  ["practice", "Practice"],
  ["hints", "Hints"],
  ["keeping", "Keeping"],
  ["data", "Your data"],
] as const;
const OUTSIDE = ["outside", "Services of others"] as const;
const ACCOUNT = ["account", "Account"] as const;
const DEVICES = ["devices", "Devices"] as const;

function Part({ id, title, children }: { id: string; title: string; children: ReactNode }) {
  return (
    <section id={id} aria-labelledby={`${id}-title`} className="scroll-mt-6">
      <h2 id={`${id}-title`} className="mb-3 text-lg font-semibold">
        {title}
      </h2>
      <div className="divide-y divide-line rounded-2xl border border-line bg-surface px-5">{children}</div>
    </section>
  );
}

function Practice() {
  const { selfView, prepareS, readAloud, followUps, voiceOnly } = usePreferences();
  return (
    <Part id="practice" title="Practice">
      <SelectRow
        title="Time to think before each answer"
        value={prepareS}
        options={[
          [0, "None"],
          [30, "30 seconds"],
          [60, "60 seconds"],
        ]}
        testid="prepare"
        onPick={(next) => prefer({ prepareS: next })}
      >
        Then three, two, one. Nothing is recorded before.
      </SelectRow>
      <SwitchRow
        on={readAloud}
        title="Read each question aloud"
        testid="read-aloud"
        disabled={!canReadAloud()}
        onFlip={(on) => prefer({ readAloud: on })}
      >
        {canReadAloud() ? "By the voice of your browser, before recording starts." : "This browser has no voice."}
      </SwitchRow>
      <SwitchRow
        on={followUps}
        title="A further question after an answer"
        testid="follow-ups"
        onFlip={(on) => prefer({ followUps: on })}
      >
        At most one, where the result, your own part or a number was not heard. Only where this server writes words
        down.
      </SwitchRow>
      <SelectRow
        title="My own video while I answer"
        value={selfView}
        options={[
          ["small", "Small"],
          ["hidden", "Hidden"],
        ]}
        testid="self-view"
        onPick={(next) => prefer({ selfView: next })}
      >
        Small, under the camera. Hidden, it is still recorded.
      </SelectRow>
      <SwitchRow on={voiceOnly} title="Voice only" testid="voice-only" onFlip={(on) => prefer({ voiceOnly: on })}>
        No camera is opened. Nothing is said about the face, and scores rest on the voice alone.
      </SwitchRow>
    </Part>
  );
}

function Hints() {
  const me = useMe();
  const { hintEveryS } = usePreferences();
  const [off, setOff] = useState(switchedOff);
  const hints = me.data?.hints ?? [];
  const flip = (next: string[]) => {
    keepSwitchedOff(next);
    setOff(next);
  };
  if (hints.length === 0) return null;
  const none = hints.every(({ id }) => off.includes(id));
  return (
    <Part id="hints" title="Hints">
      <SwitchRow
        on={!none}
        title="Hints while I speak"
        testid="hints"
        onFlip={(on) => flip(on ? [] : hints.map(({ id }) => id))}
      >
        One at a time, four seconds each, beside your video. Press X while one is shown and it is not shown again.
      </SwitchRow>
      {!none && (
        <fieldset className="py-3.5">
          <legend className="sr-only">Which hints</legend>
          <div className="flex flex-wrap gap-2">
            {hints.map(({ id, text, description }) => {
              const on = !off.includes(id);
              return (
                <button
                  key={id}
                  type="button"
                  aria-pressed={on}
                  title={description}
                  onClick={() => flip(on ? [...off, id] : off.filter((x) => x !== id))}
                  className={`min-h-11 rounded-full border px-4 text-sm font-medium ${
                    on ? "border-ink bg-ink text-ground" : "border-line bg-surface text-ink-2 hover:border-line-strong"
                  }`}
                >
                  {text}
                </button>
              );
            })}
          </div>
        </fieldset>
      )}
      {!none && (
        <SelectRow
          title="At most one hint in"
          value={hintEveryS}
          options={[
            [10, "10 seconds"],
            [20, "20 seconds"],
            [40, "40 seconds"],
          ]}
          onPick={(next) => prefer({ hintEveryS: next })}
        >
          Fewer hints help more.
        </SelectRow>
      )}
    </Part>
  );
}

export default function Settings() {
  const me = useMe();
  const outside = useProviders().data?.providers ?? [];
  const ways = useWays();
  const signedIn = me.data?.mode === "accounts";
  return (
    <Frame title="Settings" wide>
      <h1 className="text-2xl font-semibold">Settings</h1>
      <div className="mt-6 grid grid-cols-[minmax(0,1fr)] gap-8 lg:grid-cols-[13rem_minmax(0,44rem)]">
        <nav
          aria-label="Parts of the settings"
          className="flex gap-1 overflow-x-auto lg:sticky lg:top-6 lg:grid lg:self-start"
        >
          {[...PARTS, ...(outside.length > 0 ? [OUTSIDE] : []), signedIn ? ACCOUNT : DEVICES].map(([id, title]) => (
            <a
              key={id}
              href={`#${id}`}
              className="inline-flex min-h-11 items-center whitespace-nowrap rounded-xl px-3 text-sm font-medium text-ink-2 hover:bg-sunken hover:text-ink"
            >
              {title}
            </a>
          ))}
        </nav>
        <div className="grid gap-8">
          {me.isPending && <Loading what="your settings" rows={3} />}
          {me.isError && <Failure error={me.error} retry={() => void me.refetch()} />}
          {me.data && (
            <>
              <Practice />
              <Hints />
              <Part id="keeping" title="Keeping">
                <Keeping />
              </Part>
              <Part id="data" title="Your data">
                <YourData />
              </Part>
              {outside.length > 0 && (
                <Part id="outside" title="Services of others">
                  <ProviderRows providers={outside} />
                </Part>
              )}
              {signedIn ? (
                <Part id="account" title="Account">
                  {ways.data?.passkeys && <Passkeys />}
                  <Browsers />
                  <Tokens />
                </Part>
              ) : (
                <Part id="devices" title="Devices">
                  <Devices />
                </Part>
              )}
            </>
          )}
        </div>
      </div>
    </Frame>
  );
}
