// One session by its address: under way, being scored, failed, or its report.
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { livePath } from "../../api/calls";
import { keys, useReport, useSession } from "../../api/queries";
import { Problem } from "../../api/problem";
import { LiveSocket, liveUrl } from "../../live/socket";
import { Button, ButtonLink } from "../../ui/button";
import { Frame } from "../../ui/frame";
import { Empty, Failure, Loading } from "../../ui/states";
import { DeleteSession } from "../history/delete-session";
import { Progress } from "./progress";
import { ReportView } from "./report";

const BUSY = ["created", "live", "grace", "finalising", "scoring", "interrupted"];

export default function SessionPage({ id }: { id: string }) {
  const [stage, setStage] = useState<{ stage: string; percent: number | null } | null>(null);
  const cache = useQueryClient();
  const known = cache.getQueryData<{ state: string }>(keys.session(id));
  const session = useSession(id, !known || BUSY.includes(known.state) ? 1000 : undefined);
  const state = session.data?.state;
  const ready = state === "ready";
  const report = useReport(id, ready);

  // The live channel tells the moment it is done; asking every second is only for when it is down.
  const busy = state !== undefined && BUSY.includes(state);
  useEffect(() => {
    if (!busy) return;
    const socket = new LiveSocket(liveUrl(livePath(id)), (message) => {
      if (message.type === "progress") setStage({ stage: message.stage, percent: message.percent });
      if (message.type === "report_ready" || message.type === "state") void cache.invalidateQueries({ queryKey: keys.session(id) });
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
          <div className="flex gap-2">
            <ButtonLink to="/" look="primary">
              Practise again
            </ButtonLink>
            <DeleteSession session={session.data} />
          </div>
        </div>
      ) : state === "deleted" ? (
        <Empty title="This session is gone" action={<ButtonLink to="/history">To the history</ButtonLink>}>
          It was deleted, with everything that belonged to it.
        </Empty>
      ) : state === "created" ? (
        <Empty title="This session has not begun" action={<ButtonLink to={`/arena/${id}`} look="primary">Begin</ButtonLink>}>
          Nothing was recorded yet.
        </Empty>
      ) : report.isError ? (
        <Failure error={report.error} retry={() => void report.refetch()} title="The report could not be loaded" />
      ) : state && BUSY.includes(state) ? (
        <>
          <Progress state={state} stage={stage} />
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
