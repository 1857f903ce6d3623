export declare function readEventOwners(eventsFolder: string): Record<string, string>
