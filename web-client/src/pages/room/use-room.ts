// What is known of a live session to somebody who was invited: its state, and who is there.
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { guestSession, roomLivePath } from "../../api/calls";
import { asProblem } from "../../api/problem";
import type { GuestView } from "../../api/types";
import type { Asked, Present, TalkTime } from "../../live/messages";
import { LiveSocket, liveUrl, type Outgoing } from "../../live/socket";

export interface Room {
  /** The session's state. */
  state: string;
  interviewer: Present | null;
  asked: Asked | null;
  talk: TalkTime | null;
  /** Asks a question, or keeps a note. */
  send: (message: Outgoing) => void;
}

/** Whether something is, or will be, to be seen. */
export const isOpen = (state: string) => ["created", "live", "grace"].includes(state);

/** How often it is asked whether the invitation is still good while the channel is down. */
const ASK_MS = 5000;

/** `onEnded`: the invitation was ended. */
export function useRoom(view: GuestView, onEnded: () => void): Room {
  const [room, setRoom] = useState<Omit<Room, "send">>({
    state: view.session.state,
    interviewer: null,
    asked: null,
    talk: null,
  });
  const line = useRef<LiveSocket | null>(null);
  const ended = useRef(onEnded);
  ended.current = onEnded;
  useEffect(() => {
    let timer: ReturnType<typeof setInterval> | null = null;
    const ask = () =>
      void guestSession(view.link).then(
        ({ session }) => setRoom((before) => ({ ...before, state: session.state })),
        (error: unknown) => {
          if (asProblem(error).status === 404) ended.current();
        },
      );
    const socket = new LiveSocket(
      liveUrl(roomLivePath(view.link)),
      (message) => {
        switch (message.type) {
          case "hello":
            if (message.session) setRoom((before) => ({ ...before, state: message.session?.state ?? before.state }));
            break;
          case "snapshot":
            setRoom((before) => ({
              state: message.state ?? before.state,
              interviewer: message.interviewer,
              asked: message.asked,
              talk: message.talk,
            }));
            break;
          case "state":
            setRoom((before) => ({ ...before, state: message.state }));
            break;
          case "interviewer":
            setRoom((before) => ({ ...before, interviewer: message.interviewer }));
            break;
          case "asked":
            setRoom((before) => ({ ...before, asked: message.asked }));
            break;
          case "talk_time":
            setRoom((before) => ({ ...before, talk: message.talk }));
            break;
          default:
        }
      },
      (online) => {
        if (timer !== null) clearInterval(timer);
        timer = null;
        if (online) return;
        ask();
        timer = setInterval(ask, ASK_MS);
      },
    );
    socket.open();
    line.current = socket;
    return () => {
      if (timer !== null) clearInterval(timer);
      socket.close();
    };
  }, [view.link]);
  const send = useCallback((message: Outgoing) => line.current?.send(message), []);
  return useMemo(() => ({ ...room, send }), [room, send]);
}
