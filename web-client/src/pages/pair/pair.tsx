// Pairing this device by a code, which stands behind # so that no server logs it.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useLocation } from "wouter";
import { pair } from "../../api/calls";
import { asProblem } from "../../api/problem";
import { ButtonLink } from "../../ui/button";
import { Frame } from "../../ui/frame";
import { Empty, Loading } from "../../ui/states";

/** How another device is paired, for whoever came without a code. */
const HOW = "On the computer that the server runs on, open Settings, then Devices, and scan the code with this device.";

export default function Pair() {
  const cache = useQueryClient();
  const [, go] = useLocation();
  const [code] = useState(() => window.location.hash.slice(1));
  const sent = useRef(false);
  const { mutate, isError, error } = useMutation({
    mutationFn: () => pair(code),
    onSuccess: () => {
      cache.clear();
      go("/", { replace: true });
    },
  });
  useEffect(() => {
    // Once: a code is good once.
    if (code === "" || sent.current) return;
    sent.current = true;
    // The code stays neither in the address nor in the history.
    window.history.replaceState(null, "", "/pair");
    mutate();
  }, [code, mutate]);
  if (code !== "" && !isError) {
    return (
      <Frame title="Pairing">
        <Loading page what="this device" rows={1} />
      </Frame>
    );
  }
  return (
    <Frame title="Pair this device">
      <Empty
        page
        title={isError ? "This device could not be paired" : "This device is not paired"}
        action={<ButtonLink to="/">Try again</ButtonLink>}
      >
        {isError && `${asProblem(error).message} `}
        {HOW}
      </Empty>
    </Frame>
  );
}
