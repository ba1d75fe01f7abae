// How much of the talk was whose, so far.
import type { RoomRole } from "../../api/types";
import type { TalkTime } from "../../live/messages";

interface Props {
  talk: TalkTime;
  who: string;
  role: RoomRole;
}

export function TalkBar({ talk, who, role }: Props) {
  const all = talk.candidate_ms + talk.interviewer_ms;
  if (all === 0) return null;
  const theirs = Math.round((100 * talk.candidate_ms) / all);
  const asks = role === "interviewer" ? "You" : "The interviewer";
  return (
    <p className="ml-auto flex items-center gap-2" data-testid="talk-time">
      <span className="tabular">
        {asks} {100 - theirs} %, {who} {theirs} %
      </span>
      <span className="flex h-2 w-28 overflow-hidden rounded-full bg-white/20" aria-hidden="true">
        <span className="bg-[#b4c4e4]" style={{ width: `${100 - theirs}%` }} />
        <span className="bg-[#7fd6a8]" style={{ width: `${theirs}%` }} />
      </span>
    </p>
  );
}
