# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Read what a store holds: the last sync, segments and their sizes, and what an SDK answers for one context.

It only reads. `redis.inspect_redis` and `dynamodb.inspect_dynamodb` return a `StoreContents`; `find.find_context` returns a
`ContextAnswer`.
"""
