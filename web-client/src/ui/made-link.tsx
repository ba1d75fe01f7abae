// The address of a new link, to be copied.
import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { Button } from "./button";

/** Whether only this machine reaches the address that a link begins with. */
const onlyHere = ["localhost", "127.0.0.1", "[::1]"].includes(window.location.hostname);

/** The address of a new link, which is shown this once. */
export function MadeLink({ address, onDone }: { address: string; onDone: () => void }) {
  const [copied, setCopied] = useState(false);
  const copy = () =>
    navigator.clipboard.writeText(address).then(
      () => setCopied(true),
      // It stands there to be marked and copied by hand.
      () => setCopied(false),
    );
  return (
    <div className="grid gap-3 py-3">
      <p>Copy the link now: it is not shown again. Whoever has it can pass it on.</p>
      <code className="break-all rounded-xl bg-sunken px-3 py-2 text-sm" data-testid="link-address">
        {address}
      </code>
      {onlyHere && (
        <p className="text-sm text-ink-2">
          This address works on this machine alone. For others, open the coach under a name that they reach.
        </p>
      )}
      <div className="flex flex-wrap gap-2">
        <Button look="primary" onClick={() => void copy()}>
          {copied ? <Check size={16} aria-hidden="true" /> : <Copy size={16} aria-hidden="true" />}
          {copied ? "Copied" : "Copy"}
        </Button>
        <Button onClick={onDone}>Done</Button>
      </div>
    </div>
  );
}
