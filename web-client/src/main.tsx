// The entry: theme first, then the pages.
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Problem } from "./api/problem";
import { App } from "./app";
import "./styles.css";
import { keepHash } from "./ui/kept-hash";
import { applyTheme } from "./ui/theme";

applyTheme();

/** Pages that need nobody who is signed in. */
const OPEN = ["/sign-in", "/password", "/pair", "/guest"];

/** Whoever is not signed in is led to the sign-in, and back to this page afterwards. */
function toSignIn(error: Error): void {
  const { pathname, search } = window.location;
  if (!(error instanceof Problem) || error.status !== 401 || OPEN.includes(pathname)) return;
  // The page itself may not be loaded yet.
  keepHash();
  window.location.assign(`/sign-in?to=${encodeURIComponent(pathname + search)}`);
}

const client = new QueryClient({
  queryCache: new QueryCache({ onError: toSignIn }),
  mutationCache: new MutationCache({ onError: toSignIn }),
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // A refusal stays a refusal; only what may pass is tried again.
      retry: (failures, error) =>
        failures < 2 && !(error instanceof Problem && error.status >= 400 && error.status < 500),
      refetchOnWindowFocus: false,
    },
  },
});

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <App />
      </QueryClientProvider>
    </StrictMode>,
  );
}
