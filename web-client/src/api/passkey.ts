// Passkeys in this browser: what the server asks of the authenticator, and what comes back.

/** Whether the browser speaks the JSON form of WebAuthn, which the server reads and writes. */
export const canUsePasskeys = (): boolean =>
  typeof PublicKeyCredential !== "undefined" &&
  typeof PublicKeyCredential.parseCreationOptionsFromJSON === "function" &&
  typeof PublicKeyCredential.parseRequestOptionsFromJSON === "function";

/** What the server sends for `navigator.credentials`. */
export interface Options {
  publicKey: unknown;
}

/** What the browser says, for the server alone to read. */
type Json = Record<string, never>;

/** The person closed the browser's question, or has no passkey for this server. */
export class Cancelled extends Error {
  override readonly name = "Cancelled";
}

async function answered(ask: Promise<Credential | null>): Promise<Json> {
  const credential = await ask.catch((error: unknown) => {
    if (error instanceof DOMException && ["NotAllowedError", "AbortError"].includes(error.name)) {
      throw new Cancelled("No passkey was used. Try again.");
    }
    if (error instanceof DOMException && error.name === "InvalidStateError") {
      throw new Cancelled("This device has a passkey for your account already.");
    }
    throw error;
  });
  if (!(credential instanceof PublicKeyCredential)) throw new Cancelled("No passkey was used.");
  return credential.toJSON() as Json;
}

/** Makes a passkey. */
export const create = (options: Options): Promise<Json> =>
  answered(
    navigator.credentials.create({
      publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(
        options.publicKey as PublicKeyCredentialCreationOptionsJSON,
      ),
    }),
  );

/** Shows a passkey that the person has. */
export const show = async (options: Options): Promise<Json> => {
  if (!canUsePasskeys()) {
    throw new Cancelled("Your account asks for a passkey, which this browser cannot use. Try another browser.");
  }
  return answered(
    navigator.credentials.get({
      publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(
        options.publicKey as PublicKeyCredentialRequestOptionsJSON,
      ),
    }),
  );
};
