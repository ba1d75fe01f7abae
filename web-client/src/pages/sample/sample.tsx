// A sample report that ships with the program: what there will be to see, before anything was recorded.
import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useState } from "react";
import type { Recording, Report } from "../../api/types";
import { clock } from "../../live/timer";
import { lanes } from "../../replay/lanes";
import { Player } from "../../replay/player";
import { linesOf } from "../../replay/transcript";
import { ButtonLink } from "../../ui/button";
import { Frame } from "../../ui/frame";
import { Failure, Loading } from "../../ui/states";
import { Everything } from "../report/everything";
import { Head } from "../report/head";
import { Lanes } from "../report/lanes";
import { Replay } from "../report/replay";
import { marksOf, type Lit } from "../report/report";
import { ScoreCards } from "../report/score-cards";
import { Transcript } from "../report/transcript";

async function file(name: string): Promise<Response> {
  const found = await fetch(`/sample/${name}`);
  if (!found.ok) throw new Error(`The sample lacks ${name}: ${found.status}`);
  return found;
}

const readReport = async () => (await (await file("report.json")).json()) as Report;

/** The whole recording as one object of this page, in which a player can seek; it is small. */
async function readRecording(): Promise<Recording> {
  const blob = await (await file("recording.webm")).blob();
  return {
    url: URL.createObjectURL(blob),
    bytes: blob.size,
    content_type: "video/webm",
    duration_ms: null,
    poster_url: null,
    expires_us: Number.MAX_SAFE_INTEGER,
  };
}

const WHAT = "A sample report";

function View({ report }: { report: Report }) {
  const player = useMemo(() => new Player(report.duration_ms), [report.duration_ms]);
  const recording = useQuery({ queryKey: ["sample", "recording"], queryFn: readRecording, gcTime: 0, retry: false });
  const url = recording.data?.url;
  useEffect(() => (url ? () => URL.revokeObjectURL(url) : undefined), [url]);
  const [lit, setLit] = useState<Lit | null>(null);
  const [playing, setPlaying] = useState("");
  const shown = report.answers[0] ?? report.overall;
  const rows = useMemo(() => lanes(report, null), [report]);
  const lines = useMemo(() => linesOf(report, shown.start, shown.end), [report, shown]);
  const marks = useMemo(() => marksOf(report, shown), [report, shown]);
  const play = useCallback(
    (start: number, end: number) => setPlaying(`Playing from ${clock(player.playMoment(start, end))}`),
    [player],
  );
  return (
    <div data-testid="sample">
      <div className="flex flex-wrap items-start gap-x-6 gap-y-3">
        <div className="min-w-0 flex-1 basis-80">
          <h1 className="text-2xl font-semibold">{WHAT}</h1>
          <p className="mt-1.5 max-w-3xl text-sm text-ink-2">
            Nobody was recorded for it: a computer reads an answer, and a portrait of the astronaut Eileen Collins
            (NASA) moves before the camera. Your own report looks like this, seconds after you stop.
          </p>
        </div>
        <ButtonLink to="/" look="primary" data-testid="begin-own">
          Record your own
        </ButtonLink>
      </div>
      <p role="status" className="sr-only">
        {playing}
      </p>
      <Head report={report} shown={shown} onPlay={play} />
      <div className="mt-6 grid items-start gap-6 lg:grid-cols-[minmax(0,1.2fr)_minmax(0,1fr)] xl:grid-cols-[minmax(0,1.25fr)_minmax(0,1.2fr)_20rem]">
        <Replay player={player} report={report} recording={recording} tracks={null} marks={marks} />
        <div className="grid max-h-[min(38rem,80vh)]">
          <Transcript lines={lines} player={player} outline={shown.outline?.parts ?? []} />
        </div>
        <ScoreCards scores={shown.scores} words={shown.words} lit={lit} onLight={setLit} onPin={setLit} onPlay={play} />
      </div>
      <Lanes
        rows={rows}
        player={player}
        duration={report.duration_ms}
        window={{ min: 0, max: report.duration_ms }}
        lit={lit}
      />
      <Everything report={report} shown={shown} />
    </div>
  );
}

export default function Sample() {
  const report = useQuery({ queryKey: ["sample", "report"], queryFn: readReport, staleTime: Infinity, retry: false });
  return (
    <Frame title={WHAT} wide>
      {report.isPending && <Loading page what="the sample" rows={4} />}
      {report.isError && (
        <Failure page error={report.error} retry={() => void report.refetch()} title="The sample could not be loaded" />
      )}
      {report.data && <View report={report.data} />}
    </Frame>
  );
}
