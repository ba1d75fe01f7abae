// An upload under way: how much, how fast, how long; pause, go on, give up.
import { Pause, Play } from "lucide-react";
import { remaining, size } from "../../upload/kinds";
import type { View } from "../../upload/uploader";
import { Button } from "../../ui/button";
import { GiveUp } from "./give-up";

interface Props {
  name: string;
  view: View;
  /** All is sent; the server looks at it. */
  checking: boolean;
  onHold: () => void;
  onGoOn: () => void;
  onGiveUp: () => void;
}

function words(view: View, checking: boolean): string {
  if (checking) return "All sent. The file is being checked.";
  if (view.phase === "paused") return "Paused. What was sent stays there for a day.";
  if (view.phase === "waiting") return view.reason ?? "Waiting for the connection.";
  if (view.phase === "failed") return view.reason ?? "It did not go through.";
  if (view.bytesPerSecond === null) return "Sending";
  const left = view.secondsLeft === null ? "" : `, ${remaining(view.secondsLeft)} left`;
  return `${size(view.bytesPerSecond)} a second${left}`;
}

export function Sending({ name, view, checking, onHold, onGoOn, onGiveUp }: Props) {
  const percent = view.total === 0 ? 0 : Math.floor((view.sent / view.total) * 100);
  const going = view.phase === "sending" || view.phase === "waiting";
  const bad = view.phase === "failed";
  return (
    <section
      aria-label="Upload"
      data-testid="sending"
      data-phase={checking ? "checking" : view.phase}
      data-sent={view.sent}
      className="rounded-3xl border border-line bg-surface p-6 sm:p-8"
    >
      <div className="flex items-baseline justify-between gap-4">
        <h2 className="min-w-0 truncate text-lg font-semibold" title={name}>
          {name}
        </h2>
        <span className="tabular text-2xl font-semibold" data-testid="percent">
          {percent} %
        </span>
      </div>
      <div
        role="progressbar"
        aria-label={`Uploading ${name}`}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
        className="mt-4 h-2.5 overflow-hidden rounded-full bg-sunken"
      >
        <div
          className={`h-full rounded-full transition-[width] duration-300 ${bad ? "bg-danger" : "bg-accent"} ${checking ? "breathe" : ""}`}
          style={{ width: `${(view.sent / Math.max(1, view.total)) * 100}%` }}
        />
      </div>
      <div className="tabular mt-3 flex min-h-12 flex-wrap justify-between gap-x-6 text-sm text-ink-2">
        <span
          role={bad ? "alert" : "status"}
          aria-live="polite"
          className={bad ? "text-danger" : ""}
          data-testid="upload-words"
        >
          {words(view, checking)}
        </span>
        <span>
          {size(view.sent)} of {size(view.total)}
        </span>
      </div>
      <div className="mt-4 flex flex-wrap gap-2">
        {going || checking ? (
          <Button onClick={onHold} disabled={checking} data-testid="hold">
            <Pause size={16} aria-hidden="true" />
            Pause
          </Button>
        ) : (
          <Button look="primary" onClick={onGoOn} data-testid="go-on">
            <Play size={16} aria-hidden="true" />
            Go on
          </Button>
        )}
        <GiveUp disabled={checking} onGiveUp={onGiveUp} />
      </div>
    </section>
  );
}
