"""Many documents: selected, converted by workers that may die, kept in a cache, journalled and reported.

    selection -> planning -> (cache: what is fresh) -> slots or an executor -> publishing -> journal -> reports

A document that crashes, hangs or eats memory costs itself only. What a killed run had done is done.
"""
