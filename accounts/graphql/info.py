"""The `info` of every resolver, typed."""

from strawberry.types import Info as StrawberryInfo

from accounts.graphql.viewer import RequestContext

type Info = StrawberryInfo[RequestContext, None]
