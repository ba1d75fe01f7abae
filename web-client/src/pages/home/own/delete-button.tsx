// Deletes at the second press: the first one says what it is about to do.
import { useState } from "react";
import { Button } from "../../../ui/button";

interface Props {
  children: string;
  busy: boolean;
  onDelete: () => void;
}

export function DeleteButton({ children, busy, onDelete }: Props) {
  const [sure, setSure] = useState(false);
  return (
    <Button
      look={sure ? "danger" : "quiet"}
      className="mr-auto"
      disabled={busy}
      onClick={() => (sure ? onDelete() : setSure(true))}
      onBlur={() => setSure(false)}
      data-testid="delete"
    >
      {sure ? `${children}?` : "Delete"}
    </Button>
  );
}
