import type { ComponentChildren } from 'preact';

/** A page's heading; what one can do there stands at its right. It takes the focus when one arrives. */
export function Heading({ title, children, about }: { title: ComponentChildren; about?: ComponentChildren; children?: ComponentChildren }) {
  return (
    <div class="heading">
      <div>
        <h1 tabIndex={-1}>{title}</h1>
        {about && <p class="fine">{about}</p>}
      </div>
      {children && <div class="buttons">{children}</div>}
    </div>
  );
}
