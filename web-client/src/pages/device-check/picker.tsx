// One picker for cameras or microphones.

interface Props {
  label: string;
  testid: string;
  devices: MediaDeviceInfo[];
  current: MediaStreamTrack | undefined;
  disabled: boolean;
  onPick: (id: string) => void;
}

export function Picker({ label, testid, devices, current, disabled, onPick }: Props) {
  const id = current?.getSettings().deviceId ?? "";
  return (
    <label className="grid gap-1.5">
      <span className="text-sm font-medium">{label}</span>
      <select
        data-testid={testid}
        value={id}
        disabled={disabled || devices.length === 0}
        onChange={(event) => onPick(event.target.value)}
        className="h-12 w-full truncate rounded-xl border border-line bg-surface px-3 text-base disabled:opacity-60"
      >
        {devices.length === 0 && <option value="">{current?.label ?? "None found yet"}</option>}
        {devices.map((device, i) => (
          <option key={device.deviceId} value={device.deviceId}>
            {device.label || `${label} ${i + 1}`}
          </option>
        ))}
      </select>
    </label>
  );
}
