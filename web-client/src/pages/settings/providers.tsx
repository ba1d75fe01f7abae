// Services of others that the operator has set: what is sent to each, and whether one agrees. Off until one does.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { acceptProvider, withdrawProvider } from "../../api/calls";
import { asProblem } from "../../api/problem";
import { keys } from "../../api/queries";
import type { Providers } from "../../api/types";
import { SwitchRow } from "../../ui/switch";

type Offer = Providers["providers"][number];

const TITLES: Record<Offer["purpose"], string> = {
  transcription: "Let another recognizer write my words down",
  review: "Let a language model read what I said",
  affect: "Let Imentiv estimate feelings from my recordings",
  follow_up: "Let a language model word further questions",
};

const whenSent = (purpose: Offer["purpose"]) =>
  purpose === "follow_up" ? "at the end of an answer, while you practise" : "after each session from now on";

const whatStays = (purpose: Offer["purpose"]) =>
  purpose === "follow_up"
    ? "questions that you answered stay with your sessions"
    : "what came back stays with its sessions";

function OneProvider({ offer }: { offer: Offer }) {
  const cache = useQueryClient();
  const on = offer.accepted_us !== null;
  const flip = useMutation({
    mutationFn: (next: boolean) =>
      next ? acceptProvider(offer.purpose, offer.provider) : withdrawProvider(offer.purpose),
    onSuccess: (now) => cache.setQueryData(keys.providers, now),
    // Another service may be set by now: the page must show that one.
    onError: () => cache.invalidateQueries({ queryKey: keys.providers }),
  });
  return (
    <div>
      <SwitchRow
        on={on}
        title={TITLES[offer.purpose]}
        testid={`provider-${offer.purpose}`}
        disabled={flip.isPending}
        onFlip={(next) => flip.mutate(next)}
      >
        Sent to <span className="break-all font-medium text-ink">{offer.provider}</span> {whenSent(offer.purpose)}:{" "}
        {offer.sends} You can switch it off at any time; {whatStays(offer.purpose)} until you delete them.
      </SwitchRow>
      {flip.isError && (
        <p role="alert" className="pb-3 text-sm text-danger">
          {asProblem(flip.error).message}
        </p>
      )}
    </div>
  );
}

export function ProviderRows({ providers }: Providers) {
  return providers.map((offer) => <OneProvider key={offer.purpose} offer={offer} />);
}
