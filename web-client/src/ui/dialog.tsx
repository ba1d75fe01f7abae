// A dialog with a title and a button that closes it.
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { Modal } from "./modal";

interface Props {
  open: boolean;
  title: string;
  children: ReactNode;
  onClose: () => void;
}

export function Dialog({ open, title, children, onClose }: Props) {
  return (
    <Modal open={open} title={title} width="w-[min(30rem,calc(100vw-2rem))]" onCancel={onClose}>
      {open && (
        <>
          <div className="mb-4 flex items-center justify-between">
            <h2 className="text-lg font-semibold">{title}</h2>
            <button
              type="button"
              aria-label="Close"
              onClick={onClose}
              className="grid size-11 place-items-center rounded-xl text-ink-2 hover:bg-sunken"
            >
              <X size={18} aria-hidden="true" />
            </button>
          </div>
          {children}
        </>
      )}
    </Modal>
  );
}
