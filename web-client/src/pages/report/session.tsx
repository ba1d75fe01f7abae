// One session by its address: under way, being scored, failed, or its report.
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import type { Analysis, Session } from "../../api/types";
import { livePath } from "../../api/calls";
import { keys, useAnalysis, useReport, useSession } from "../../api/queries";
import { Problem } from "../../api/problem";
import { LiveSocket, liveUrl } from "../../live/socket";
import { ButtonLink } from "../../ui/button";
import { Frame } from "../../ui/frame";
import { Empty, Failure, Loading } from "../../ui/states";
import { DeleteSession } from "../history/delete-session";
import { EndingNote } from "./ending-note";
import { Progress } from "./progress";
import { ReportView } from "./report";
import { TryAgain } from "./try-again";

const BUSY = ["created", "live", "grace", "finalising", "scoring", "interrupted"];

/** The live channel tells the moment it is done; asking every second is only for when it is down. */
function useProgress(id: string, busy: boolean): void {
  const cache = useQueryClient();
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
}

export default function SessionPage({ id }: { id: string }) {
  const cache = useQueryClient();
  const known = cache.getQueryData<{ state: string }>(keys.session(id));
  const session = useSession(id, !known || BUSY.includes(known.state) ? 1000 : undefined);
  const state = session.data?.state;
  const ready = state === "ready";
  const report = useReport(id, ready);
  useProgress(id, state !== undefined && BUSY.includes(state));
  useEffect(() => {
    if (ready) void cache.invalidateQueries({ queryKey: keys.sessions });
  }, [ready, cache]);

  if (ready && report.data && session.data) return <ReportView session={session.data} report={report.data} />;
  const gone = session.error instanceof Problem && session.error.status === 404;
  return (
    <Frame title={state && BUSY.includes(state) ? "Your report is on its way" : "Session"}>
      {gone ? (
        <Gone />
      ) : session.isError ? (
        <Failure page error={session.error} retry={() => void session.refetch()} />
      ) : report.isError ? (
        <Failure page error={report.error} retry={() => void report.refetch()} title="The report could not be loaded" />
      ) : session.data && !ready ? (
        <WithoutReport session={session.data} />
      ) : (
        <Loading page what="the report" rows={4} />
      )}
    </Frame>
  );
}

function Gone() {
  return (
    <Empty page title="This session is gone" action={<ButtonLink to="/history">To the history</ButtonLink>}>
      It was deleted, with everything that belonged to it.
    </Empty>
  );
}

/** A session that has no report, or none yet. */
function WithoutReport({ session }: { session: Session }) {
  const { id, state, source } = session;
  const uploaded = source === "upload";
  const analysis = useAnalysis(id, uploaded && (state === "finalising" || state === "scoring"));
  switch (state) {
    case "failed":
      return (
        <div className="grid justify-items-start gap-4">
          <Failure page error={new Problem(0, "failed", "The report could not be made", session.failure)} />
          <div className="flex flex-wrap gap-2">
            <TryAgain session={session} />
            {uploaded ? (
              <ButtonLink to="/upload">Upload another file</ButtonLink>
            ) : (
              <ButtonLink to="/">Practise again</ButtonLink>
            )}
            <DeleteSession session={session} />
          </div>
        </div>
      );
    case "deleted":
      return <Gone />;
    case "created":
      return uploaded ? (
        <Empty
          page
          title="The recording is not here yet"
          action={
            <ButtonLink to="/upload" look="primary">
              To the upload
            </ButtonLink>
          }
        >
          Its upload was not finished.
        </Empty>
      ) : (
        <Empty
          page
          title="This session has not begun"
          action={
            <ButtonLink to={`/arena/${id}`} look="primary">
              Begin
            </ButtonLink>
          }
        >
          Nothing was recorded yet.
        </Empty>
      );
    case "live":
    case "grace":
      return (
        <Empty
          page
          title={state === "live" ? "This round is being answered" : "This round is waiting for you"}
          action={
            <div className="flex flex-wrap justify-center gap-2">
              <ButtonLink to={`/arena/${id}`} look="primary">
                Go on with it
              </ButtonLink>
              <ButtonLink to={`/sessions/${id}/watch`}>Watch it here</ButtonLink>
            </div>
          }
        >
          {state === "live"
            ? "Another tab or another device has the camera. When it ends, the report comes here by itself."
            : "It was left in the middle. After a minute it ends by itself, and the report comes here."}
        </Empty>
      );
    default:
      return (
        <>
          <EndingNote session={id} />
          <Progress state={state} source={source} stage={analysis.data ?? null} />
        </>
      );
  }
}
