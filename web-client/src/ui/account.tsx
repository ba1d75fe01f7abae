// Who is signed in, in the header, and the way out. Nothing where the server has one person.
import { useMutation } from "@tanstack/react-query";
import { LogOut } from "lucide-react";
import { signOut } from "../api/calls";
import { useMe } from "../api/queries";

export function Account() {
  const me = useMe();
  const leave = useMutation({
    mutationFn: signOut,
    // A whole load: nothing of the person stays in the page.
    onSettled: (gone) => window.location.assign(gone?.location ?? "/sign-in"),
  });
  if (me.data?.mode !== "accounts") return null;
  const who = me.data.name ?? me.data.email ?? "Signed in";
  return (
    <div className="flex items-center gap-1">
      <span
        className="max-w-40 truncate text-sm text-ink-2 max-sm:sr-only"
        data-testid="who"
        title={me.data.email ?? who}
      >
        {who}
      </span>
      <button
        type="button"
        aria-label="Sign out"
        title="Sign out"
        data-testid="sign-out"
        disabled={leave.isPending}
        onClick={() => leave.mutate()}
        className="grid size-11 place-items-center rounded-xl text-ink-2 hover:bg-sunken hover:text-ink"
      >
        <LogOut size={18} aria-hidden="true" />
      </button>
    </div>
  );
}
