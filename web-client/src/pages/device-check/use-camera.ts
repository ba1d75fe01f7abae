// The camera of the device check: opens, lists, switches, and says why it cannot.
import { useCallback, useEffect, useState } from "react";
import * as camera from "../../live/camera";
import { preferences } from "../../settings/preferences";
import { list, refusal, watch, type DeviceList, type Devices, type Refusal } from "../../live/capture";

export interface CameraState {
  stream: MediaStream | null;
  refused: Refusal | null;
  devices: DeviceList;
  chosen: Devices;
  choose: (devices: Devices) => void;
  retry: () => void;
}

const NONE: DeviceList = { cameras: [], microphones: [] };

/** `others`: somebody else is heard meanwhile, whose echo is taken out. */
export function useCamera(others = false): CameraState {
  const [stream, setStream] = useState<MediaStream | null>(null);
  const [refused, setRefused] = useState<Refusal | null>(null);
  const [devices, setDevices] = useState<DeviceList>(NONE);
  const [chosen, setChosen] = useState<Devices>(camera.remembered);
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    let gone = false;
    let unwatch: () => void = () => undefined;
    camera.expectOthers(others);
    const wanted = { ...chosen, voiceOnly: preferences().voiceOnly };
    (attempt === 0 ? camera.take(wanted) : camera.reopen(wanted))
      .then(async (opened) => {
        if (gone) return;
        setStream(opened);
        setRefused(null);
        unwatch = watch(opened, () => {
          setStream(null);
          setRefused(refusal(Object.assign(new Error(), { name: "NotFoundError" })));
        });
        // Names of devices are known only once one was opened.
        setDevices(await list());
      })
      .catch((error: unknown) => {
        if (gone) return;
        setStream(null);
        setRefused(refusal(error));
      });
    return () => {
      gone = true;
      unwatch();
    };
  }, [attempt, chosen, others]);

  useEffect(() => {
    const media = navigator.mediaDevices as MediaDevices | undefined;
    const changed = () => void list().then(setDevices, () => undefined);
    media?.addEventListener("devicechange", changed);
    return () => media?.removeEventListener("devicechange", changed);
  }, []);

  const choose = useCallback((next: Devices) => {
    camera.remember(next);
    setStream(null);
    setAttempt((n) => n + 1);
    setChosen(next);
  }, []);
  const retry = useCallback(() => {
    setRefused(null);
    setAttempt((n) => n + 1);
  }, []);
  return { stream, refused, devices, chosen, choose, retry };
}
