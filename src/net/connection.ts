export interface Connection { x: 1 }
