// Giving an upload up: asked once, because what was sent is erased.
import { useState } from "react";
import { Button } from "../../ui/button";
import { Confirm } from "../../ui/confirm";

export function GiveUp({ disabled = false, onGiveUp }: { disabled?: boolean; onGiveUp: () => void }) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button look="quiet" onClick={() => setAsking(true)} disabled={disabled} data-testid="give-up">
        Give it up
      </Button>
      <Confirm
        open={asking}
        title="Give this upload up?"
        yes="Erase what was sent"
        no="Keep it"
        danger
        onNo={() => setAsking(false)}
        onYes={() => {
          setAsking(false);
          onGiveUp();
        }}
      >
        What was sent so far is erased. The file on your side stays.
      </Confirm>
    </>
  );
}
