// Where a file is dropped or chosen. The file field itself takes focus and keys; this gives it a face.
import { FileVideo } from "lucide-react";
import { useId, useState, type DragEvent } from "react";
import { ACCEPT, size } from "../../upload/kinds";

interface Props {
  title: string;
  most: number;
  disabled?: boolean;
  onFile: (file: File) => void;
  onMany: () => void;
}

export function DropZone({ title, most, disabled = false, onFile, onMany }: Props) {
  const [over, setOver] = useState(false);
  const hint = useId();
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const files = event.dataTransfer.files;
    if (disabled || files.length === 0) return;
    if (files.length > 1) onMany();
    else onFile(files[0]!);
  };
  return (
    <label
      onDragOver={(event) => {
        event.preventDefault();
        setOver(!disabled);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      data-testid="drop-zone"
      className={`grid min-h-64 place-content-center justify-items-center gap-3 rounded-3xl border-2 border-dashed px-6 py-10 text-center transition-colors focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-accent ${
        over ? "border-accent bg-accent-soft" : "border-line-strong/60 bg-surface"
      } ${disabled ? "opacity-60" : "cursor-pointer hover:border-accent"}`}
    >
      <FileVideo size={36} strokeWidth={1.5} aria-hidden="true" className="text-accent" />
      <span className="text-lg font-semibold [overflow-wrap:anywhere]">{title}</span>
      <span className="text-ink-2">
        Drop it here, or <span className="font-medium text-accent underline underline-offset-4">choose a file</span>
      </span>
      <span id={hint} className="text-sm text-ink-3">
        MP4, MOV, WebM or MKV, up to {size(most)}
      </span>
      <input
        type="file"
        accept={ACCEPT}
        disabled={disabled}
        aria-describedby={hint}
        data-testid="file"
        className="sr-only"
        onChange={(event) => {
          const file = event.target.files?.[0];
          // The same file can be chosen again after a refusal.
          event.target.value = "";
          if (file) onFile(file);
        }}
      />
    </label>
  );
}
