// An invitation into a live session, opened by its link. The link's secret stands behind # so that no server logs it.
import { useMutation } from "@tanstack/react-query";
import { useCallback, useEffect, useState } from "react";
import { openLink } from "../../api/calls";
import { asProblem } from "../../api/problem";
import type { GuestView, RoomRole } from "../../api/types";
import * as camera from "../../live/camera";
import { Empty, Failure, Loading } from "../../ui/states";
import { GuestFrame } from "../guest/frame";
import { Call } from "./call";
import { Lobby } from "./lobby";
import { isOpen, useRoom } from "./use-room";

/** What somebody who was invited sees: the lobby, the call, and a word when it is over. */
function Invited({ view, role, onEnded }: { view: GuestView; role: RoomRole; onEnded: () => void }) {
  const [stage, setStage] = useState<"lobby" | "call" | "left">("lobby");
  const [stream, setStream] = useState<MediaStream | null>(null);
  const room = useRoom(view, onEnded);
  const open = isOpen(room.state);
  const toLobby = useCallback(() => setStage("lobby"), []);
  useEffect(() => {
    if (!open || stage === "left") camera.release();
  }, [open, stage]);
  useEffect(() => () => camera.release(), []);
  const who = view.owner_name ?? "the candidate";
  if (!open || stage === "left") {
    return (
      <GuestFrame title={open ? "You have left" : "The interview is over"}>
        <Empty
          page
          title={open ? "You have left the interview" : "The interview is over"}
          action={
            open ? (
              <button type="button" className="min-h-11 font-medium text-accent underline" onClick={toLobby}>
                Join again
              </button>
            ) : undefined
          }
        >
          {open
            ? `It goes on without you. ${view.owner_name ?? "The candidate"} can finish alone.`
            : `What was recorded belongs to ${who}, who decides what you are shown of it.`}
        </Empty>
      </GuestFrame>
    );
  }
  if (stage === "call") {
    return (
      <Call view={view} role={role} room={room} stream={stream} onLeave={() => setStage("left")} onRefused={toLobby} />
    );
  }
  return (
    <Lobby
      view={view}
      role={role}
      room={room}
      onJoin={(opened) => {
        setStream(opened);
        setStage("call");
      }}
    />
  );
}

export default function Room() {
  const [link] = useState(() => window.location.hash.slice(1));
  const open = useMutation({ mutationFn: () => openLink({ link, passphrase: null, name: null }) });
  const { mutate } = open;
  useEffect(() => {
    if (link !== "") mutate();
  }, [link, mutate]);
  const problem = open.error && asProblem(open.error);
  const view = open.data;
  if (view && (view.role === "interviewer" || view.role === "observer")) {
    return <Invited view={view} role={view.role} onEnded={() => mutate()} />;
  }
  if (link === "" || problem?.status === 404 || view) {
    return (
      <GuestFrame title="This invitation has ended">
        <Empty page title="This invitation has ended">
          It was ended, or its address is not whole. Ask whoever sent it to you for a new one.
        </Empty>
      </GuestFrame>
    );
  }
  return (
    <GuestFrame title="An invitation">
      {problem ? <Failure page error={open.error} retry={() => mutate()} /> : <Loading page what="the invitation" />}
    </GuestFrame>
  );
}
