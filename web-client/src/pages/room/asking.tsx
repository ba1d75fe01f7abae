// The questions beside the call: an interviewer asks them, or one of their own, and writes notes at a moment.
import { useState } from "react";
import type { GuestView, RoomRole } from "../../api/types";
import type { Room } from "./use-room";

interface Props {
  view: GuestView;
  role: RoomRole;
  room: Room;
}

const BOX = "rounded-2xl border border-white/15 bg-[#1b1d21] p-4";
const ACT =
  "min-h-9 shrink-0 rounded-lg bg-white/15 px-3 text-sm font-medium hover:bg-white/25 disabled:opacity-40 disabled:hover:bg-white/15";

/** A line that is written and sent. */
function Line(props: {
  label: string;
  act: string;
  testid: string;
  disabled: boolean;
  onSend: (text: string) => void;
}) {
  const [text, setText] = useState("");
  return (
    <form
      className="flex gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        props.onSend(text.trim());
        setText("");
      }}
    >
      <input
        aria-label={props.label}
        placeholder={props.label}
        maxLength={500}
        value={text}
        data-testid={props.testid}
        onChange={(event) => setText(event.target.value)}
        className="min-h-9 min-w-0 flex-1 rounded-lg border border-white/25 bg-[#0d0e10] px-3 text-sm text-white placeholder:text-white/60"
      />
      <button type="submit" className={ACT} disabled={props.disabled || text.trim() === ""}>
        {props.act}
      </button>
    </form>
  );
}

/** The notes that were written in this call; they are kept with the candidate's session. */
function Notes({ live, onNote }: { live: boolean; onNote: (text: string) => void }) {
  const [notes, setNotes] = useState<string[]>([]);
  return (
    <section aria-labelledby="notes" className={`${BOX} grid gap-2`}>
      <h2 id="notes" className="text-sm font-semibold">
        Notes
        <span className="ml-2 font-normal text-white/70">
          kept with the session, at this moment, for the candidate too
        </span>
      </h2>
      {notes.length > 0 && (
        <ul className="grid gap-1 text-sm text-white/80">
          {notes.map((note, n) => (
            <li key={n}>{note}</li>
          ))}
        </ul>
      )}
      <Line
        label="Write a note at this moment"
        act="Keep"
        testid="note"
        disabled={!live}
        onSend={(text) => {
          onNote(text);
          setNotes((before) => [...before, text]);
        }}
      />
    </section>
  );
}

export function Asking({ view, role, room }: Props) {
  const interviews = role === "interviewer";
  const live = room.state === "live" || room.state === "grace";
  const { questions } = view.session;
  const now = room.asked?.id ?? (room.asked ? null : live ? questions[0]?.id : null);
  return (
    <div className="grid min-h-0 content-start gap-3 overflow-auto max-lg:max-h-[32dvh]">
      <section aria-labelledby="questions" className={BOX}>
        <h2 id="questions" className="mb-2 text-sm font-semibold">
          Questions
        </h2>
        <ol className="grid gap-1">
          {questions.map((question, n) => (
            <li
              key={question.id}
              aria-current={question.id === now ? "step" : undefined}
              className={`flex items-center gap-3 rounded-lg px-2 py-1.5 ${question.id === now ? "bg-[#2a2844] text-white" : "text-white/80"}`}
            >
              <span className="tabular w-4 text-sm text-white/60">{n + 1}</span>
              <span className="flex-1">{question.text}</span>
              {interviews && question.id !== now && (
                <button
                  type="button"
                  className={ACT}
                  disabled={!live}
                  data-testid="ask"
                  onClick={() => room.send({ type: "mark", what: "question", question_id: question.id })}
                >
                  Ask
                </button>
              )}
            </li>
          ))}
        </ol>
        {room.asked?.id === null && (
          <p className="mt-2 rounded-lg bg-[#2a2844] px-2 py-1.5" data-testid="own-question">
            {room.asked.text}
          </p>
        )}
        {interviews && (
          <div className="mt-3">
            <Line
              label="Ask something else"
              act="Ask"
              testid="ask-own"
              disabled={!live}
              onSend={(note) => room.send({ type: "mark", what: "question", note })}
            />
          </div>
        )}
      </section>
      {interviews && <Notes live={live} onNote={(note) => room.send({ type: "mark", what: "note", note })} />}
    </div>
  );
}
