from django.urls import path

from dealership.messaging import hooks, views

app_name = "messaging"
urlpatterns = [
    path("notices/", views.notices, name="notices"),
    path("notices/poll/", views.notices_poll, name="notices-poll"),
    path("notices/read-all/", views.notices_read_all, name="notices-read-all"),
    path("notices/<int:pk>/read/", views.notice_read, name="notice-read"),
    path("sms/", views.sms_list, name="sms-list"),
    path("sms/<int:pk>/", views.sms_detail, name="sms-detail"),
    path("replies/", views.reply_list, name="reply-list"),
    path("templates/", views.template_list, name="template-list"),
    path("templates/<str:code>/", views.template_edit, name="template-edit"),
    path("templates/<str:code>/preview/", views.template_preview, name="template-preview"),
    path("templates/<str:code>/drop/", views.template_drop, name="template-drop"),
    path("hooks/receipt/", hooks.hook_receipt, name="hook-receipt"),
    path("hooks/inbound/", hooks.hook_inbound, name="hook-inbound"),
]
