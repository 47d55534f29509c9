import { Component, type ReactNode } from 'react';
import { Unshown } from './parts';
import type { ViewedFile } from './index';

/** A viewer that breaks must not take the page with it. */
export class ViewerBoundary extends Component<{ file: ViewedFile; children: ReactNode }, { error: unknown }> {
  override state = { error: null as unknown };
  static getDerivedStateFromError(error: unknown) {
    return { error };
  }
  override render() {
    return this.state.error ? (
      <Unshown file={this.props.file} error={this.state.error} />
    ) : (
      this.props.children
    );
  }
}
