/** The element `<countermark-login>`; the import defines it, where there is a page. */
export class CountermarkLogin extends HTMLElement {
  /** The state that was last told; or the element's own, while an answer is due, `lost`, and when it follows no more, `unfollowed`. */
  readonly state: string;
}

declare global {
  interface HTMLElementTagNameMap {
    'countermark-login': CountermarkLogin;
  }
  interface HTMLElementEventMap {
    'countermark-state': CustomEvent<{ state: string; final: boolean }>;
  }
}
