// A question before something that cannot be taken back.
import type { ReactNode } from "react";
import { Button } from "./button";
import { Modal } from "./modal";

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
  return (
    <Modal open={open} title={title} width="w-[min(26rem,calc(100vw-2rem))]" onCancel={onNo}>
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
    </Modal>
  );
}
