// Server state as the pages see it: cached, shared, refreshed when something changed.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import * as calls from "./calls";

export const keys = {
  me: ["me"],
  ways: ["ways"],
  shared: ["shared"],
  questions: ["questions"],
  sets: ["sets"],
  setLinks: (id: string) => ["set-links", id],
  consent: ["consent"],
  sessions: ["sessions"],
  trends: ["trends"],
  session: (id: string) => ["session", id],
  grants: (id: string) => ["grants", id],
  links: (id: string) => ["links", id],
  analysis: (id: string) => ["analysis", id],
  report: (id: string) => ["report", id],
  corrections: (id: string) => ["corrections", id],
  providers: ["providers"],
  review: (id: string) => ["review", id],
  recording: (id: string) => ["recording", id],
} as const;

export const useMe = (enabled = true) => useQuery({ queryKey: keys.me, queryFn: calls.me, enabled });
export const useWays = () => useQuery({ queryKey: keys.ways, queryFn: calls.ways, staleTime: Infinity });
export const useShared = (enabled = true) => useQuery({ queryKey: keys.shared, queryFn: calls.shared, enabled });
export const useGrants = (id: string, enabled: boolean) =>
  useQuery({ queryKey: keys.grants(id), queryFn: () => calls.grants(id), enabled });
export const useLinks = (id: string) => useQuery({ queryKey: keys.links(id), queryFn: () => calls.links(id) });
export const useQuestions = () => useQuery({ queryKey: keys.questions, queryFn: calls.questions, staleTime: Infinity });
export const useQuestionSets = () => useQuery({ queryKey: keys.sets, queryFn: calls.questionSets });
export const useSetLinks = (id: string) =>
  useQuery({ queryKey: keys.setLinks(id), queryFn: () => calls.setLinks(id), staleTime: 0 });
/** Asked for when a limit is looked at, and never taken from before. */
export const useRetentionPreview = (days: number) =>
  useQuery({
    queryKey: ["retention", days],
    queryFn: () => calls.retentionPreview(days),
    staleTime: 0,
    gcTime: 0,
  });
export const useConsent = () => useQuery({ queryKey: keys.consent, queryFn: calls.consentText });
export const useTrends = () => useQuery({ queryKey: keys.trends, queryFn: calls.trends });
/** The list of sessions, the newest first, page by page. */
export const useSessions = () =>
  useInfiniteQuery({
    queryKey: keys.sessions,
    queryFn: ({ pageParam }) => calls.sessions(pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });
export const useSession = (id: string, pollMs?: number) =>
  useQuery({ queryKey: keys.session(id), queryFn: () => calls.session(id), refetchInterval: pollMs ?? false });
/** The session as it is now, whatever was known a moment ago: asked for at every opening of a page. */
export const useSessionNow = (id: string) =>
  useQuery({ queryKey: keys.session(id), queryFn: () => calls.session(id), refetchOnMount: "always" });
export const useAnalysis = (id: string, enabled: boolean) =>
  useQuery({
    queryKey: keys.analysis(id),
    queryFn: () => calls.analysis(id),
    enabled,
    refetchInterval: 1000,
    retry: false,
  });
export const useReport = (id: string, enabled = true) =>
  useQuery({ queryKey: keys.report(id), queryFn: () => calls.report(id), enabled, staleTime: Infinity });
export const useComparison = (a: string, answerA: number, b: string, answerB: number) =>
  useQuery({
    queryKey: ["compare", a, answerA, b, answerB],
    queryFn: () => calls.compare(a, answerA, b, answerB),
    staleTime: Infinity,
  });
/** What was said in any session, from two characters on. */
export const useSearch = (q: string) =>
  useQuery({ queryKey: ["search", q], queryFn: () => calls.search(q), enabled: q.length >= 2, staleTime: 30_000 });
export const useProviders = () => useQuery({ queryKey: keys.providers, queryFn: calls.providers });
/** What a language model noticed; null: none has read the session. */
export const useReview = (id: string) =>
  useQuery({ queryKey: keys.review(id), queryFn: () => calls.review(id), staleTime: 60_000, retry: false });
export const useRecording = (id: string, enabled = true) =>
  useQuery({ queryKey: keys.recording(id), queryFn: () => calls.recording(id), enabled, staleTime: 5 * 60_000 });
