export declare function ownDir(parent: string): string
