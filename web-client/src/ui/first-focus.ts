// Where the focus goes when a dialog opens.

/** As a `ref`: the browser puts the focus here when the dialog around it opens. React's own `autoFocus` comes too early for that. */
export const firstFocus = (element: HTMLElement | null): void => element?.setAttribute("autofocus", "");
