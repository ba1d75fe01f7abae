// Deleting several sessions at once.
import { describe, expect, it, vi } from "vitest";
import { deleteMany, deletionWords, NotAllDeleted } from "./delete-many";

/** Answers DELETE by id; what is not named is deleted. Returns the ids in the order they were asked for. */
function server(answers: Record<string, number | "away">): string[] {
  const asked: string[] = [];
  vi.stubGlobal("fetch", (request: Request) => {
    const id = new URL(request.url).pathname.split("/").pop() ?? "";
    asked.push(id);
    const answer = answers[id] ?? 204;
    if (answer === "away") return Promise.reject(new TypeError("Failed to fetch"));
    const body =
      answer === 204 ? null : JSON.stringify({ title: "No", status: answer, detail: `${id} says ${answer}.` });
    return Promise.resolve(new Response(body, { status: answer }));
  });
  return asked;
}

describe("deleting many sessions", () => {
  it("goes on after one that is gone already", async () => {
    const asked = server({ b: 404 });
    await deleteMany(["a", "b", "c"]);
    expect(asked).toEqual(["a", "b", "c"]);
  });

  it("tries all of them and says how many are left and why", async () => {
    const asked = server({ a: 409, c: 500 });
    const error: unknown = await deleteMany(["a", "b", "c", "d"]).catch((x: unknown) => x);
    expect(asked).toEqual(["a", "b", "c", "d"]);
    expect(error).toBeInstanceOf(NotAllDeleted);
    expect(deletionWords(error)).toBe("2 of 4 could not be deleted: a says 409.");
  });

  it("says it plainly when the only one cannot be deleted", async () => {
    server({ a: 409 });
    const error: unknown = await deleteMany(["a"]).catch((x: unknown) => x);
    expect(deletionWords(error)).toBe("It could not be deleted: a says 409.");
  });

  it("stops when nobody answers", async () => {
    const asked = server({ b: "away" });
    const error: unknown = await deleteMany(["a", "b", "c"]).catch((x: unknown) => x);
    expect(asked).toEqual(["a", "b"]);
    expect(deletionWords(error)).toBe("Check that the server is running, then try again.");
  });
});
