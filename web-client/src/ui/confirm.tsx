// A question before something that cannot be taken back. A native dialog: focus, Escape and the backdrop come with it.
import { useEffect, useRef, type ReactNode } from "react";
import { Button } from "./button";

interface Props {
  open: boolean;
  title: string;
  children: ReactNode;
  yes: string;
  no: string;
  danger?: boolean;
  busy?: boolean;
  onYes: () => void;
  onNo: () => void;
}

export function Confirm({ open, title, children, yes, no, danger, busy, onYes, onNo }: Props) {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = ref.current;
    if (!dialog) return;
    if (open && !dialog.open) dialog.showModal();
    if (!open && dialog.open) dialog.close();
  }, [open]);
  return (
    <dialog
      ref={ref}
      onCancel={(event) => {
        event.preventDefault();
        onNo();
      }}
      aria-label={title}
      className="m-auto w-[min(26rem,calc(100vw-2rem))] rounded-3xl border border-line bg-surface p-6 text-ink shadow-2xl"
    >
      <h2 className="text-lg font-semibold">{title}</h2>
      <div className="mt-2 text-ink-2">{children}</div>
      <div className="mt-6 flex flex-wrap justify-end gap-2">
        <Button onClick={onNo} data-testid="confirm-no">
          {no}
        </Button>
        <Button look={danger ? "danger" : "primary"} onClick={onYes} disabled={busy} data-testid="confirm-yes">
          {yes}
        </Button>
      </div>
    </dialog>
  );
}
