// A native dialog: focus, Escape and the backdrop come with it.
import { useEffect, useRef, type ReactNode } from "react";

interface Props {
  open: boolean;
  title: string;
  /** Class that says how wide it is. */
  width: string;
  children: ReactNode;
  onCancel: () => void;
}

export function Modal({ open, title, width, children, onCancel }: Props) {
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
        onCancel();
      }}
      aria-label={title}
      className={`m-auto ${width} rounded-3xl border border-line bg-surface p-6 text-ink shadow-2xl`}
    >
      {children}
    </dialog>
  );
}
