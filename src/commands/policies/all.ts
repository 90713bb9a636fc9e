import { consumeRecipe } from './consume-recipe.ts';
import type { Policy } from './policy.ts';
import { reorderAlert } from './reorder-alert.ts';

export const policies: readonly Policy[] = [consumeRecipe, reorderAlert];
