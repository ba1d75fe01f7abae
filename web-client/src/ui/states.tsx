// What a page shows when it has nothing yet, nothing at all, or bad news.
import type { ReactNode } from "react";
import { asProblem } from "../api/problem";
import { Button } from "./button";

interface Whole {
  /** It is all that the page has: its heading is the page's. */
  page?: boolean;
}

export function Loading({ what, rows = 3, page }: Whole & { what: string; rows?: number }) {
  const Name = page ? "h1" : "span";
  return (
    <div role="status" className="grid gap-3" data-testid="loading">
      <Name className="sr-only">Loading {what}</Name>
      {Array.from({ length: rows }, (_, i) => (
        <div key={i} className="breathe h-20 rounded-2xl bg-sunken" style={{ animationDelay: `${i * 120}ms` }} />
      ))}
    </div>
  );
}

export function Empty(props: Whole & { title: string; children: ReactNode; action?: ReactNode }) {
  const { title, children, action, page } = props;
  const Title = page ? "h1" : "h2";
  return (
    <div
      className="grid justify-items-center gap-3 rounded-3xl border border-dashed border-line px-6 py-16 text-center"
      data-testid="empty"
    >
      <svg viewBox="0 0 120 40" width="120" height="40" aria-hidden="true" className="text-line-strong">
        <path
          d="M2 20h18c4 0 4-14 8-14s4 28 8 28 4-22 8-22 4 16 8 16 4-8 8-8h54"
          fill="none"
          stroke="currentColor"
          strokeWidth="2"
          strokeLinecap="round"
        />
      </svg>
      <Title className="text-xl font-semibold">{title}</Title>
      <div className="max-w-md text-ink-2">{children}</div>
      {action}
    </div>
  );
}

export function Failure(props: Whole & { error: unknown; retry?: () => void; title?: string }) {
  const { error, retry, title, page } = props;
  const problem = asProblem(error);
  const Title = page ? "h1" : "h2";
  return (
    <div
      role="alert"
      className="grid justify-items-start gap-2 rounded-2xl border border-line bg-surface p-6"
      data-testid="error"
    >
      <Title className="text-lg font-semibold">{title ?? problem.title}</Title>
      {problem.detail && <p className="text-ink-2">{problem.detail}</p>}
      {retry && (
        <Button className="mt-2" onClick={retry}>
          Try again
        </Button>
      )}
    </div>
  );
}
