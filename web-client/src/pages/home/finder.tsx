// Finding a question: the search, all of them, a family; and the way to upload a recording instead.
import { Pencil, Search, Upload, X } from "lucide-react";
import type { Ref } from "react";
import { Link } from "wouter";
import type { Family } from "../../api/types";
import { recall } from "../../upload/memory";
import { FAMILIES, toSearch } from "./choice";

function Chip(props: { on: boolean; children: string; onClick: () => void }) {
  return (
    <button
      type="button"
      aria-pressed={props.on}
      onClick={props.onClick}
      className={`min-h-11 shrink-0 rounded-full border px-4 text-sm font-medium ${
        props.on
          ? "border-ink bg-ink text-ground"
          : "border-line bg-surface text-ink-2 hover:border-line-strong hover:text-ink"
      }`}
    >
      {props.children}
    </button>
  );
}

interface Props {
  ref: Ref<HTMLInputElement>;
  count: number;
  typed: string;
  setTyped: (typed: string) => void;
  family: Family | null;
  setFamily: (family: Family | null) => void;
  all: boolean;
  setAll: (all: boolean) => void;
  /** Id of the question that an upload would answer. */
  upload: string | null;
  onWrite: () => void;
}

export function Finder({ ref, count, typed, setTyped, family, setFamily, all, setAll, upload, onWrite }: Props) {
  return (
    <div className="mt-8 grid gap-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <label className="relative block min-w-0 flex-1 basis-60 sm:max-w-sm">
          <span className="sr-only">Search all questions</span>
          <Search size={17} aria-hidden="true" className="absolute left-4 top-1/2 -translate-y-1/2 text-ink-3" />
          <input
            ref={ref}
            type="search"
            value={typed}
            maxLength={80}
            onChange={(event) => setTyped(event.target.value)}
            placeholder={`Search all ${count}`}
            className="h-11 w-full rounded-xl border border-line bg-surface pl-11 pr-11 placeholder:text-ink-3 [&::-webkit-search-cancel-button]:hidden"
          />
          {typed && (
            <button
              type="button"
              aria-label="Clear the search"
              onClick={() => setTyped("")}
              className="absolute right-0.5 top-1/2 grid size-10 -translate-y-1/2 place-items-center text-ink-3"
            >
              <X size={16} aria-hidden="true" />
            </button>
          )}
        </label>
        <button
          type="button"
          aria-pressed={all}
          onClick={() => {
            setAll(!all);
            setFamily(null);
          }}
          className="inline-flex min-h-11 items-center text-sm font-medium text-accent underline-offset-4 hover:underline"
        >
          {all ? "The classics only" : `All ${count} questions`}
        </button>
        <button
          type="button"
          data-testid="write-question"
          title="Write your own (N)"
          onClick={onWrite}
          className="inline-flex min-h-11 items-center gap-2 text-sm font-medium text-accent underline-offset-4 hover:underline"
        >
          <Pencil size={16} aria-hidden="true" />
          Write your own
        </button>
        <Link
          href={`/upload${upload ? `?${toSearch([upload])}` : ""}`}
          data-testid="to-upload"
          className="inline-flex min-h-11 items-center gap-2 text-sm font-medium text-accent underline-offset-4 hover:underline sm:ml-auto"
        >
          <Upload size={16} aria-hidden="true" />
          {recall() ? "Go on with your upload" : "Upload a recording"}
        </Link>
      </div>
      {all && (
        <div
          role="group"
          aria-label="Families"
          className="-mx-4 flex gap-2 overflow-x-auto px-4 pb-1 sm:mx-0 sm:flex-wrap sm:px-0"
        >
          <Chip on={family === null} onClick={() => setFamily(null)}>
            All
          </Chip>
          {FAMILIES.map(({ id, title }) => (
            <Chip key={id} on={family === id} onClick={() => setFamily(family === id ? null : id)}>
              {title}
            </Chip>
          ))}
        </div>
      )}
    </div>
  );
}
