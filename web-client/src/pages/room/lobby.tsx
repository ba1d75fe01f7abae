// Before somebody who was invited takes part: who invites, what is recorded and who sees it, camera and microphone.
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { agreeInRoom, roomConsentText } from "../../api/calls";
import { asProblem } from "../../api/problem";
import type { GuestView, RoomRole } from "../../api/types";
import { Button } from "../../ui/button";
import { Field } from "../../ui/field";
import { Failure, Loading } from "../../ui/states";
import { Meter } from "../device-check/meter";
import { Picker } from "../device-check/picker";
import { useCamera } from "../device-check/use-camera";
import { GuestFrame } from "../guest/frame";
import { OwnVideo } from "./own-video";
import type { Room } from "./use-room";

interface Props {
  view: GuestView;
  role: RoomRole;
  room: Room;
  /** Takes part with this stream; null: watches. */
  onJoin: (stream: MediaStream | null) => void;
}

/** How it stands with the candidate, for whoever waits. */
function Standing({ state, who }: { state: string; who: string }) {
  return (
    <p role="status" className="text-ink-2" data-testid="standing">
      {state === "created" ? `${who} has not begun. You can join now and wait.` : `${who} is live.`}
    </p>
  );
}

function Questions({ view }: { view: GuestView }) {
  return (
    <section aria-labelledby="questions" className="rounded-2xl border border-line bg-surface p-5">
      <h2 id="questions" className="mb-2 font-semibold">
        Questions of this interview
      </h2>
      <ol className="grid list-decimal gap-1 pl-5 text-ink-2">
        {view.session.questions.map((question) => (
          <li key={question.id}>{question.text}</li>
        ))}
      </ol>
    </section>
  );
}

function Observer({ view, room, onJoin }: Props) {
  const who = view.owner_name ?? "The candidate";
  return (
    <GuestFrame title="Watch an interview">
      <div className="mx-auto grid max-w-2xl gap-5 pt-4">
        <h1 className="text-3xl font-semibold tracking-tight">
          {view.owner_name ?? "Somebody"} invites you to watch a practice interview
        </h1>
        <Standing state={room.state} who={who} />
        <ul className="grid list-disc gap-1 pl-5 text-ink-2">
          <li>You are neither seen nor heard, and nothing of you is recorded.</li>
          <li>{who} is told how many watch, and that this invitation was used.</li>
          <li>It is practice: nobody may use it to judge anybody at work or in school.</li>
        </ul>
        <Questions view={view} />
        <Button look="primary" className="justify-self-start" data-testid="join" onClick={() => onJoin(null)}>
          Watch
        </Button>
      </div>
    </GuestFrame>
  );
}

function Devices({ devices }: { devices: ReturnType<typeof useCamera> }) {
  const { stream, refused } = devices;
  return (
    <section aria-label="Your camera and microphone" className="grid content-start gap-2">
      <div className="stage relative aspect-[4/3] max-h-[50dvh] overflow-hidden rounded-3xl bg-[#17181b] text-[#f1efeb]">
        {stream && <OwnVideo stream={stream} className="size-full object-contain" />}
        {!stream && !refused && (
          <p role="status" className="absolute inset-0 grid place-content-center px-8 text-center">
            Waiting for the camera. The browser may ask you to allow it.
          </p>
        )}
        {refused && (
          <div
            role="alert"
            className="absolute inset-0 grid place-content-center justify-items-center gap-3 p-6 text-center"
          >
            <h2 className="text-lg font-semibold">{refused.title}</h2>
            <p className="max-w-sm text-sm opacity-85">{refused.cure}</p>
            <Button onClick={devices.retry}>Try again</Button>
          </div>
        )}
      </div>
      <Meter stream={stream} />
      <div className="grid gap-3 sm:grid-cols-2">
        <Picker
          label="Camera"
          testid="camera"
          devices={devices.devices.cameras}
          current={stream?.getVideoTracks()[0]}
          disabled={!stream}
          onPick={(id) => devices.choose({ ...devices.chosen, camera: id })}
        />
        <Picker
          label="Microphone"
          testid="microphone"
          devices={devices.devices.microphones}
          current={stream?.getAudioTracks()[0]}
          disabled={!stream}
          onPick={(id) => devices.choose({ ...devices.chosen, microphone: id })}
        />
      </div>
    </section>
  );
}

function Interviewer({ view, room, onJoin }: Props) {
  const devices = useCamera(true);
  const { stream } = devices;
  const text = useQuery({ queryKey: ["room-consent"], queryFn: roomConsentText, staleTime: Infinity });
  const [name, setName] = useState(view.name ?? "");
  const agree = useMutation({
    mutationFn: ({ version }: { version: string; from: MediaStream }) =>
      agreeInRoom(view.link, version, name.trim() || null),
    onSuccess: (_, { from }) => onJoin(from),
  });
  const who = view.owner_name ?? "The candidate";
  return (
    <GuestFrame title="Interview somebody">
      <h1 className="text-3xl font-semibold tracking-tight">
        {view.owner_name ?? "Somebody"} invites you to interview them
      </h1>
      <div className="mb-6 mt-2">
        <Standing state={room.state} who={who} />
      </div>
      <div className="grid gap-8 lg:grid-cols-2">
        <Devices devices={devices} />
        <div className="grid content-start gap-5">
          <Questions view={view} />
          {text.isPending && <Loading what="what you agree to" />}
          {text.isError && <Failure error={text.error} retry={() => void text.refetch()} />}
          {text.data && (
            <section aria-labelledby="agreement" className="grid gap-3 rounded-2xl border border-line bg-surface p-5">
              <h2 id="agreement" className="font-semibold">
                {text.data.title}
              </h2>
              <dl className="grid gap-3 text-sm">
                {text.data.sections.map((section) => (
                  <div key={section.title}>
                    <dt className="font-medium">{section.title}</dt>
                    <dd className="text-ink-2">{section.text}</dd>
                  </div>
                ))}
              </dl>
            </section>
          )}
          <Field label="Your name, as the candidate sees it (optional)" value={name} onType={setName} />
          {agree.isError && (
            <p role="alert" className="text-danger">
              {asProblem(agree.error).message}
            </p>
          )}
          <Button
            look="primary"
            className="justify-self-start"
            data-testid="join"
            disabled={!stream || !text.data || agree.isPending}
            onClick={() => stream && text.data && agree.mutate({ version: text.data.version, from: stream })}
          >
            I agree, join
          </Button>
        </div>
      </div>
    </GuestFrame>
  );
}

export function Lobby(props: Props) {
  return props.role === "interviewer" ? <Interviewer {...props} /> : <Observer {...props} />;
}
