// Device check: three quiet seconds and one sentence, from which everything later is read.
import { useState } from "react";
import { useSearch } from "wouter";
import { useMe, useQuestions } from "../../api/queries";
import { keepSwitchedOff, settings, switchedOff } from "../../live/hint-choice";
import { prefer } from "../../settings/preferences";
import { Button, ButtonLink } from "../../ui/button";
import { Frame } from "../../ui/frame";
import { Empty } from "../../ui/states";
import { fromSearch } from "../home/choice";
import { Advice } from "./advice";
import { Invite } from "./invite";
import { Meter } from "./meter";
import { Options } from "./options";
import { Preview } from "./preview";
import { Steps } from "./steps";
import { useCamera } from "./use-camera";
import { useCheck, type Step } from "./use-check";

const MEASURING: Partial<Record<Step, string>> = {
  quiet: "Stay quiet…",
  sentence: "Say the sentence…",
  measuring: "Measuring…",
};

export default function DeviceCheck() {
  const chosen = fromSearch(useSearch());
  if (chosen.length > 0) return <Checking chosen={chosen} />;
  return (
    <Frame title="Device check">
      <Empty page title="No question chosen yet" action={<ButtonLink to="/">Choose a question</ButtonLink>}>
        The check comes after the choice, so that you can start at once.
      </Empty>
    </Frame>
  );
}

function Checking({ chosen }: { chosen: string[] }) {
  const [invited, setInvited] = useState(false);
  const devices = useCamera(invited);
  const { stream } = devices;
  const me = useMe();
  const bank = useQuestions();
  const [off, setOff] = useState(switchedOff);
  const check = useCheck(chosen, me.data ? settings(me.data.hints, off) : undefined);
  const { step, result, problem, busy } = check;
  const question = bank.data?.find(({ id }) => id === chosen[0])?.text ?? null;
  const disabled = !stream || busy || me.isPending;
  return (
    <Frame title="Device check" wide>
      <div className="grid gap-x-8 gap-y-3 lg:grid-cols-[minmax(0,1.5fr)_minmax(0,1fr)] landscape-phone:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
        <div>
          <Preview
            stream={stream}
            refused={devices.refused}
            step={step}
            onRetry={devices.retry}
            onVoiceOnly={() => {
              prefer({ voiceOnly: true });
              devices.retry();
            }}
          />
          <Meter stream={stream} />
        </div>
        <div className="grid content-start gap-3">
          <h1 className="text-2xl font-semibold max-sm:text-xl landscape-phone:text-lg">Can we see and hear you?</h1>
          <Steps step={step} question={question} />
          <Advice result={result} problem={problem} voiceOnly={stream?.getVideoTracks().length === 0} />
          <div className="flex flex-wrap gap-2">
            {/* What comes next is the filled button: measure first, then go on. */}
            <Button
              look={result ? "plain" : "primary"}
              data-testid="calibrate"
              disabled={disabled}
              onClick={() => stream && check.measure(stream)}
            >
              {MEASURING[step] ?? (result ? "Measure again" : "Measure")}
            </Button>
            <Button
              look={result ? "primary" : "quiet"}
              data-testid="device-ok"
              disabled={disabled}
              onClick={() => stream && check.begin(stream)}
            >
              {result ? "Begin" : "Begin without it"}
            </Button>
          </div>
          <Invite stream={stream} check={check} disabled={disabled} onInvite={() => setInvited(true)} />
          {invited && (
            <p className="text-sm text-ink-2">Devices and hints stay as they were when you invited somebody.</p>
          )}
          <Options
            devices={devices}
            hints={me.data?.hints ?? []}
            off={off}
            disabled={busy || invited}
            onHints={(next) => {
              keepSwitchedOff(next);
              setOff(next);
            }}
          />
        </div>
      </div>
    </Frame>
  );
}
