// That others see and hear the answer: said for as long as it is so.
import { Radio } from "lucide-react";

export function Watched({ viewers }: { viewers: number }) {
  return (
    <p
      role="status"
      data-testid="watched"
      className={viewers > 0 ? "mx-auto mb-2 flex items-center gap-2 text-sm text-white/80" : "sr-only"}
    >
      {viewers > 0 && (
        <>
          <Radio size={16} aria-hidden="true" />
          {viewers === 1 ? "Somebody is watching you live" : `${viewers} are watching you live`}
        </>
      )}
    </p>
  );
}
