// The field in which a comment is written. It is about the moment at which the writing began, until the writer says otherwise.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useId, useState } from "react";
import { asProblem } from "../api/problem";
import { clock } from "../live/timer";
import type { Player } from "../replay/player";
import { Button } from "../ui/button";
import { Field } from "../ui/field";
import type { Source } from "./source";

interface Props {
  source: Source;
  player: Player;
  /** A reply is about what it replies to. */
  replyTo?: string;
  onDone?: () => void;
}

/** A guest's name is asked for once. */
const NAME = "coach-guest-name";

const remembered = () => sessionStorage.getItem(NAME) ?? "";

/** The place that a comment is about. */
function usePlace(player: Player) {
  const [start, setStart] = useState<number | null>(null);
  const [end, setEnd] = useState<number | null>(null);
  const [whole, setWhole] = useState(false);
  const clear = () => {
    setStart(null);
    setEnd(null);
    setWhole(false);
  };
  return {
    start,
    end,
    clear,
    begin: () => {
      if (start === null && !whole) setStart(Math.round(player.t));
    },
    endHere: () => setEnd(start !== null && player.t > start ? Math.round(player.t) : null),
    leave: () => {
      clear();
      setWhole(true);
    },
  };
}

function Place({ place }: { place: ReturnType<typeof usePlace> }) {
  const { start, end } = place;
  if (start === null) return null;
  return (
    <p className="flex flex-wrap items-center gap-2 text-sm" data-testid="comment-place">
      <span className="tabular">
        About {clock(start)}
        {end !== null && ` to ${clock(end)}`}
      </span>
      <Button look="quiet" onClick={place.endHere}>
        Until where it plays now
      </Button>
      <button
        type="button"
        aria-label="About the whole session instead"
        title="About the whole session instead"
        className="grid size-11 place-items-center rounded-xl text-ink-2 hover:bg-sunken hover:text-ink"
        onClick={place.leave}
      >
        <X size={16} aria-hidden="true" />
      </button>
    </p>
  );
}

export function Write({ source, player, replyTo, onDone }: Props) {
  const id = useId();
  const cache = useQueryClient();
  const [text, setText] = useState("");
  const [name, setName] = useState(remembered);
  const place = usePlace(player);
  const add = useMutation({
    mutationFn: () => {
      const about = replyTo ? { reply_to: replyTo } : { start_ms: place.start, end_ms: place.end };
      return source.add({ text, ...about }, source.asksName ? name : null);
    },
    onSuccess: () => {
      if (source.asksName) sessionStorage.setItem(NAME, name);
      setText("");
      place.clear();
      onDone?.();
      return cache.invalidateQueries({ queryKey: source.key });
    },
  });
  const label = replyTo ? "Your reply" : "Your comment";
  return (
    <form
      className="grid gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        add.mutate();
      }}
    >
      {source.asksName && <Field label="Your name" autoComplete="name" value={name} onType={setName} />}
      <div className="grid gap-1.5">
        <label htmlFor={id} className="text-sm font-medium">
          {label}
        </label>
        <textarea
          id={id}
          rows={replyTo ? 2 : 3}
          maxLength={2000}
          value={text}
          onChange={(event) => {
            if (!replyTo) place.begin();
            setText(event.target.value);
          }}
          className="rounded-xl border border-line bg-surface px-3 py-2 text-ink"
        />
      </div>
      {!replyTo && <Place place={place} />}
      {add.isError && (
        <p role="alert" className="text-danger">
          {asProblem(add.error).message}
        </p>
      )}
      <div className="flex gap-2">
        <Button
          type="submit"
          look="primary"
          disabled={text.trim() === "" || (source.asksName && name.trim() === "") || add.isPending}
        >
          {replyTo ? "Reply" : "Comment"}
        </Button>
        {onDone && <Button onClick={onDone}>Cancel</Button>}
      </div>
    </form>
  );
}
