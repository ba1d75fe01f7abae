// The journal's tracks for the replay, read once in the background; without them the report still shows everything it has.
import { useQuery } from "@tanstack/react-query";
import { journal } from "../../api/calls";
import { readJournal, type Tracks } from "../../replay/journal";

export function useTracks(id: string): Tracks | null {
  const tracks = useQuery({
    queryKey: ["tracks", id],
    queryFn: async ({ signal }) => {
      const { body } = await journal(id, signal);
      return body ? await readJournal(body) : null;
    },
    staleTime: Infinity,
    gcTime: 60_000,
    // Large and made of arrays: comparing old and new would cost more than drawing.
    structuralSharing: false,
  });
  return tracks.data ?? null;
}
