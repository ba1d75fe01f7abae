// What stands in place of a page that broke: that it did, and the way back.
import { Component, type ReactNode } from "react";
import { buttonClass } from "./button";

export class Boundary extends Component<{ children: ReactNode }, { broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError() {
    return { broken: true };
  }

  override render() {
    if (!this.state.broken) return this.props.children;
    return (
      <main className="mx-auto grid min-h-dvh max-w-md content-center gap-4 px-6" role="alert">
        <h1 className="text-2xl font-semibold">This page failed</h1>
        <p className="text-ink-2">Your recordings are not affected. Load the page again to go on.</p>
        <div className="flex gap-2">
          <button type="button" className={buttonClass("primary")} onClick={() => window.location.reload()}>
            Load again
          </button>
          <a className={buttonClass("plain")} href="/">
            Start page
          </a>
        </div>
      </main>
    );
  }
}
