// Practising on a phone or another computer: the code that pairs it, and the devices that are paired.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { pairing } from "../../api/calls";
import { Problem } from "../../api/problem";
import { useWays } from "../../api/queries";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { Failure, Loading } from "../../ui/states";
import { Browsers } from "./browsers";

/** The code in force is asked for again before it expires. */
const AGAIN_MS = 60_000;

function Code() {
  const invitation = useQuery({ queryKey: ["pairing"], queryFn: pairing, refetchInterval: AGAIN_MS, gcTime: 0 });
  const [chosen, choose] = useState(0);
  if (invitation.isPending) return <Loading what="the code" rows={2} />;
  if (invitation.isError) {
    return invitation.error instanceof Problem && invitation.error.status === 403 ? (
      <p>Open this page on the computer that the server runs on: the code is shown there alone.</p>
    ) : (
      <Failure error={invitation.error} retry={() => void invitation.refetch()} />
    );
  }
  const { addresses } = invitation.data;
  const shown = addresses[Math.min(chosen, addresses.length - 1)];
  if (!shown)
    return <p>This computer is in no network. Connect it to the one that your phone is in, then come back.</p>;
  const origin = shown.url.slice(0, shown.url.indexOf("/pair"));
  return (
    <div className="grid gap-4">
      <ol className="ml-5 list-decimal">
        <li>Connect your phone to the same network as this computer.</li>
        <li>Scan the code with its camera and open the address.</li>
        <li>Your browser warns once, because this server has made its certificate itself. Go on to {origin}.</li>
      </ol>
      <img
        className="mx-auto size-56 rounded-2xl bg-white p-2"
        src={`data:image/svg+xml;utf8,${encodeURIComponent(shown.qr)}`}
        alt={`QR code of the address that pairs a device at ${origin}`}
        data-testid="pairing-code"
      />
      {addresses.length > 1 && (
        <fieldset className="flex flex-wrap gap-2">
          <legend className="mb-2 text-sm text-ink-2">If it does not open, try another address of this computer</legend>
          {addresses.map(({ url }, n) => (
            <Button
              key={url}
              look={shown.url === url ? "primary" : "plain"}
              aria-pressed={shown.url === url}
              onClick={() => choose(n)}
            >
              {url.slice("https://".length, url.indexOf("/pair"))}
            </Button>
          ))}
        </fieldset>
      )}
      <p className="text-sm text-ink-2">The code is good once and for ten minutes.</p>
    </div>
  );
}

export function Devices() {
  const ways = useWays();
  const [open, setOpen] = useState(false);
  if (!ways.data) return null;
  if (!ways.data.pairing) {
    return (
      <p className="py-3.5 text-ink-2">
        This server answers this computer alone. Started with <code>coach serve --tls</code>, it lets you practise on
        your phone or on another computer of your network.
      </p>
    );
  }
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3.5">
        <div className="min-w-0 flex-1 basis-56">
          <p className="font-medium">Practise on your phone or another computer</p>
          <p className="text-sm text-ink-2">A device that you pair sees everything that is yours here.</p>
        </div>
        <Button onClick={() => setOpen(true)}>Pair a device</Button>
      </div>
      <Browsers />
      <Dialog open={open} title="Pair a device" onClose={() => setOpen(false)}>
        <Code />
      </Dialog>
    </>
  );
}
