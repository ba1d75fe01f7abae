// Devices, voice only and hints: one press away, and not in the way.
import { ChevronDown } from "lucide-react";
import type { Me } from "../../api/types";
import { prefer, usePreferences } from "../../settings/preferences";
import { SwitchRow } from "../../ui/switch";
import { HintSwitches } from "./hint-switches";
import { Picker } from "./picker";
import type { CameraState } from "./use-camera";

interface Props {
  devices: CameraState;
  hints: Me["hints"];
  off: string[];
  disabled: boolean;
  onHints: (off: string[]) => void;
}

export function Options({ devices, hints, off, disabled, onHints }: Props) {
  const { voiceOnly } = usePreferences();
  const { stream } = devices;
  return (
    <details className="group rounded-2xl border border-line bg-surface px-4" data-testid="options">
      <summary className="flex min-h-11 list-none items-center justify-between gap-3 [&::-webkit-details-marker]:hidden">
        <span className="text-sm font-medium">Camera, microphone, hints</span>
        <ChevronDown size={18} aria-hidden="true" className="text-ink-3 transition-transform group-open:rotate-180" />
      </summary>
      <div className="grid gap-4 pb-4 pt-2">
        {!voiceOnly && (
          <Picker
            label="Camera"
            testid="camera"
            devices={devices.devices.cameras}
            current={stream?.getVideoTracks()[0]}
            disabled={disabled}
            onPick={(id) => devices.choose({ ...devices.chosen, camera: id })}
          />
        )}
        <Picker
          label="Microphone"
          testid="microphone"
          devices={devices.devices.microphones}
          current={stream?.getAudioTracks()[0]}
          disabled={disabled}
          onPick={(id) => devices.choose({ ...devices.chosen, microphone: id })}
        />
        <SwitchRow
          on={voiceOnly}
          title="Voice only"
          disabled={disabled}
          onFlip={(on) => {
            prefer({ voiceOnly: on });
            devices.retry();
          }}
        >
          No camera is opened; scores rest on the voice alone.
        </SwitchRow>
        <HintSwitches hints={hints} off={off} disabled={disabled} onChange={onHints} />
      </div>
    </details>
  );
}
