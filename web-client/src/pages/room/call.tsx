// The call as an interviewer or an observer sees it: the candidate large, the questions beside, no hint and no score.
import { Eye, Mic, MicOff, PhoneOff, Video, VideoOff } from "lucide-react";
import { useEffect, useState } from "react";
import { roomWhepPath, roomWhipPath } from "../../api/calls";
import type { GuestView, RoomRole } from "../../api/types";
import { watch } from "../../live/capture";
import { OF_INTERVIEWER, Publisher, type PublisherState } from "../../live/publisher";
import { Failure } from "../../ui/states";
import { Screen } from "../watch/screen";
import { useWatcher } from "../watch/use-watcher";
import { Asking } from "./asking";
import { OwnVideo } from "./own-video";
import { TalkBar } from "./talk-bar";
import type { Room } from "./use-room";

interface Props {
  view: GuestView;
  role: RoomRole;
  room: Room;
  stream: MediaStream | null;
  onLeave: () => void;
  /** Goes back to the lobby, where camera and microphone are opened. */
  onRefused: () => void;
}

const ROUND =
  "inline-flex min-h-12 items-center justify-center gap-2 rounded-full px-5 text-sm font-medium text-white bg-white/15 hover:bg-white/25";

/** Publishes the interviewer once the candidate has begun, until the page goes away. */
function usePublishing(link: string, stream: MediaStream | null, begun: boolean): PublisherState {
  const [state, setState] = useState<PublisherState>({ is: "connecting" });
  useEffect(() => {
    if (!stream || !begun) return;
    const running = new Publisher(roomWhipPath(link), stream, setState, OF_INTERVIEWER);
    running.start();
    return () => void running.stop().catch(() => undefined);
  }, [link, stream, begun]);
  return state;
}

function Toggle({ stream, kind }: { stream: MediaStream; kind: "audio" | "video" }) {
  const [on, setOn] = useState(() => stream.getTracks().every((track) => track.kind !== kind || track.enabled));
  const flip = () => {
    for (const track of stream.getTracks()) if (track.kind === kind) track.enabled = !on;
    setOn(!on);
  };
  const [On, Off] = kind === "audio" ? [Mic, MicOff] : [Video, VideoOff];
  const name = kind === "audio" ? "Microphone" : "Camera";
  return (
    <button type="button" className={`${ROUND} w-12 !px-0`} onClick={flip} data-testid={`flip-${kind}`}>
      {on ? <On size={18} aria-hidden="true" /> : <Off size={18} aria-hidden="true" />}
      <span className="sr-only">{on ? `Turn the ${name.toLowerCase()} off` : `${name} is off: turn it on`}</span>
    </button>
  );
}

function said(role: RoomRole, room: Room, publishing: PublisherState, name: string | null): string {
  if (room.state === "created") return `Waiting for ${name ?? "the candidate"} to begin`;
  if (room.state === "grace") return `${name ?? "The candidate"}'s connection is lost. It goes on by itself.`;
  if (role === "observer") return "You watch. Nobody sees or hears you.";
  switch (publishing.is) {
    case "live":
      return "You are seen and heard, and recorded";
    case "lost":
      return "Your connection is lost and is being restored";
    default:
      return "Connecting you";
  }
}

export function Call({ view, role, room, stream, onLeave, onRefused }: Props) {
  const begun = room.state !== "created";
  const candidate = useWatcher(roomWhepPath(view.link, "candidate"), begun);
  const other = useWatcher(roomWhepPath(view.link, "interviewer"), begun && role === "observer");
  const publishing = usePublishing(view.link, stream, begun);
  // A device that is unplugged, or taken away: what is said of being seen and heard would no longer be so.
  useEffect(() => (stream ? watch(stream, onRefused) : undefined), [stream, onRefused]);
  useEffect(() => {
    document.title = "In an interview · Interview Coach";
  }, []);
  return (
    <main
      className="stage fixed inset-0 grid grid-rows-[auto_minmax(0,1fr)_auto] gap-3 bg-[#101114] px-4 py-3 text-[#f6f4f0]"
      data-testid="call"
      data-state={role === "observer" ? candidate.is : publishing.is}
    >
      <header className="flex flex-wrap items-center gap-x-4 gap-y-1 text-sm text-white/80">
        <h1 className="font-semibold text-white">Practice interview of {view.owner_name ?? "a candidate"}</h1>
        <p role="status" className="inline-flex items-center gap-2" data-testid="call-status">
          {role === "observer" && <Eye size={16} aria-hidden="true" />}
          {said(role, room, publishing, view.owner_name)}
        </p>
        {room.talk && <TalkBar talk={room.talk} who={view.owner_name ?? "the candidate"} role={role} />}
      </header>
      {publishing.is === "failed" ? (
        <div className="mx-auto w-full max-w-xl self-center text-ink">
          <Failure page error={publishing.problem} title="You cannot take part at the moment" retry={onRefused} />
        </div>
      ) : (
        <div className="grid min-h-0 gap-3 lg:grid-cols-[minmax(0,1fr)_22rem]">
          <div className={`relative grid min-h-0 gap-3 ${role === "observer" ? "sm:grid-cols-2" : ""}`}>
            <Screen state={begun ? candidate : { is: "waiting" }} lost={room.state === "grace"} fills />
            {role === "observer" && (
              <Screen state={begun ? other : { is: "waiting" }} lost={false} who="interviewer" fills />
            )}
            {stream && (
              <div className="absolute right-3 top-3 aspect-[4/3] w-24 overflow-hidden rounded-xl ring-1 ring-white/25 sm:w-40">
                <OwnVideo stream={stream} className="size-full object-cover" />
              </div>
            )}
          </div>
          <Asking view={view} role={role} room={room} />
        </div>
      )}
      <footer className="flex items-center justify-center gap-3 pb-[env(safe-area-inset-bottom)]">
        {stream && <Toggle stream={stream} kind="audio" />}
        {stream && <Toggle stream={stream} kind="video" />}
        <button type="button" className={ROUND} data-testid="leave" onClick={onLeave}>
          <PhoneOff size={18} aria-hidden="true" />
          Leave
        </button>
      </footer>
    </main>
  );
}
