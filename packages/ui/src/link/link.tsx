'use client';

import { createContext, createElement, useContext } from 'react';
import type { ComponentProps, ComponentType, ReactNode } from 'react';

/** An anchor with an address; a router takes the clicks for itself. */
export type LinkProps = Omit<ComponentProps<'a'>, 'href' | 'onClick' | 'onMouseEnter' | 'onTouchStart'> & {
  href: string;
  onClick?: () => void;
};

const LinkContext = createContext<ComponentType<LinkProps> | 'a'>('a');

/** Gives all links below the router of the application, so that a click changes the page without loading it anew. */
export function LinkProvider({ component, children }: { component: ComponentType<LinkProps>; children: ReactNode }) {
  return <LinkContext value={component}>{children}</LinkContext>;
}

/** A link to a page; without a `LinkProvider` above, an ordinary one. */
export function Link(props: LinkProps) {
  const Component = useContext(LinkContext);
  return createElement(Component, props);
}
