// One session by its address: under way, being scored, failed, or its report.
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import type { Analysis } from "../../api/types";
import { livePath } from "../../api/calls";
import { keys, useAnalysis, useReport, useSession } from "../../api/queries";
import { Problem } from "../../api/problem";
import { LiveSocket, liveUrl } from "../../live/socket";
import { Button, ButtonLink } from "../../ui/button";
import { Frame } from "../../ui/frame";
import { Empty, Failure, Loading } from "../../ui/states";
import { DeleteSession } from "../history/delete-session";
import { Progress } from "./progress";
import { ReportView } from "./report";
import { TryAgain } from "./try-again";

const BUSY = ["created", "live", "grace", "finalising", "scoring", "interrupted"];

export default function SessionPage({ id }: { id: string }) {
  const cache = useQueryClient();
  const known = cache.getQueryData<{ state: string }>(keys.session(id));
  const session = useSession(id, !known || BUSY.includes(known.state) ? 1000 : undefined);
  const state = session.data?.state;
  const ready = state === "ready";
  const report = useReport(id, ready);
  const uploaded = session.data?.source === "upload";
  const analysis = useAnalysis(id, uploaded && (state === "finalising" || state === "scoring"));

  // The live channel tells the moment it is done; asking every second is only for when it is down.
  const busy = state !== undefined && BUSY.includes(state);
  useEffect(() => {
    if (!busy) return;
    const socket = new LiveSocket(liveUrl(livePath(id)), (message) => {
      if (message.type === "progress") {
        const { stage, percent } = message;
        cache.setQueryData<Partial<Analysis>>(keys.analysis(id), (before) => ({ ...before, stage, percent }));
      }
      if (message.type === "report_ready" || message.type === "state")
        void cache.invalidateQueries({ queryKey: keys.session(id) });
    });
    socket.open();
    return () => socket.close();
  }, [busy, cache, id]);

  useEffect(() => {
    if (ready) void cache.invalidateQueries({ queryKey: keys.sessions });
  }, [ready, cache]);

  if (ready && report.data && session.data) return <ReportView session={session.data} report={report.data} />;

  return (
    <Frame title="Report" wide={ready}>
      {session.isError && session.error instanceof Problem && session.error.status === 404 ? (
        <Empty title="This session is gone" action={<ButtonLink to="/history">To the history</ButtonLink>}>
          It was deleted, with everything that belonged to it.
        </Empty>
      ) : session.isError ? (
        <Failure error={session.error} retry={() => void session.refetch()} />
      ) : state === "failed" && session.data ? (
        <div className="grid justify-items-start gap-4">
          <Failure error={new Problem(0, "failed", "The report could not be made", session.data.failure)} />
          <div className="flex flex-wrap gap-2">
            <TryAgain session={session.data} />
            {uploaded ? (
              <ButtonLink to="/upload">Upload another file</ButtonLink>
            ) : (
              <ButtonLink to="/">Practise again</ButtonLink>
            )}
            <DeleteSession session={session.data} />
          </div>
        </div>
      ) : state === "deleted" ? (
        <Empty title="This session is gone" action={<ButtonLink to="/history">To the history</ButtonLink>}>
          It was deleted, with everything that belonged to it.
        </Empty>
      ) : state === "created" && uploaded ? (
        <Empty
          title="The recording is not here yet"
          action={
            <ButtonLink to="/upload" look="primary">
              To the upload
            </ButtonLink>
          }
        >
          Its upload was not finished.
        </Empty>
      ) : state === "created" ? (
        <Empty
          title="This session has not begun"
          action={
            <ButtonLink to={`/arena/${id}`} look="primary">
              Begin
            </ButtonLink>
          }
        >
          Nothing was recorded yet.
        </Empty>
      ) : report.isError ? (
        <Failure error={report.error} retry={() => void report.refetch()} title="The report could not be loaded" />
      ) : state && BUSY.includes(state) ? (
        <>
          <Progress state={state} source={session.data?.source ?? "live"} stage={analysis.data ?? null} />
          {(state === "live" || state === "grace") && (
            <p className="mt-6 text-center">
              <Button look="quiet" onClick={() => void session.refetch()}>
                Look again
              </Button>
            </p>
          )}
        </>
      ) : (
        <Loading what="the report" rows={4} />
      )}
    </Frame>
  );
}
