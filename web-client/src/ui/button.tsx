// Buttons and links that look like buttons.
import type { ButtonHTMLAttributes, ReactNode } from "react";
import { Link } from "wouter";

export type Look = "primary" | "plain" | "quiet" | "danger";

const BASE =
  "inline-flex min-h-11 items-center justify-center gap-2 rounded-xl px-4 text-sm font-medium transition-colors disabled:opacity-45 select-none";

const LOOKS: Record<Look, string> = {
  primary: "bg-accent text-on-accent hover:brightness-110 disabled:hover:brightness-100",
  plain: "border border-line bg-surface text-ink hover:border-line-strong",
  quiet: "text-ink-2 hover:bg-sunken hover:text-ink",
  danger: "bg-danger text-on-accent hover:brightness-110",
};

export const buttonClass = (look: Look = "plain", more = "") => `${BASE} ${LOOKS[look]} ${more}`;

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: Look;
}

export function Button({ look = "plain", className = "", ...rest }: Props) {
  return <button type="button" className={buttonClass(look, className)} {...rest} />;
}

export function ButtonLink(props: { to: string; look?: Look; children: ReactNode; "data-testid"?: string }) {
  return (
    <Link href={props.to} className={buttonClass(props.look)} data-testid={props["data-testid"]}>
      {props.children}
    </Link>
  );
}
