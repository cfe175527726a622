"""In: the words of an item. Out: predicates, by one module a shape of claim; `sim_hooks.bind` asks them all."""
