Attribute VB_Name = "LGS_Ribbon"
' The ribbon's callbacks: each does one thing, and Python does the rest (lgs_excel.addin.macros).
Option Explicit

Private Const ALL_COUNTRIES As String = "All countries"
Private Ribbon As Object

Public Sub LGS_Loaded(ByVal Loaded As IRibbonUI)
    Set Ribbon = Loaded
End Sub

' The filters are shown anew; called when a cell of the Settings sheet has changed.
Public Sub LGS_Invalidate()
    If Not Ribbon Is Nothing Then Ribbon.Invalidate
End Sub

Public Sub LGS_RefreshAll(ByVal Control As IRibbonControl)
    LGS_Call "refresh_all()"
    LGS_Recalculate
End Sub

Public Sub LGS_RefreshSheet(ByVal Control As IRibbonControl)
    LGS_Call "refresh_sheet()"
    LGS_Recalculate
End Sub

Public Sub LGS_LookUpCustomer(ByVal Control As IRibbonControl)
    LGS_Call "look_up_customer()"
End Sub

Public Sub LGS_MakeCampaign(ByVal Control As IRibbonControl)
    LGS_Call "make_campaign()"
End Sub

Public Sub LGS_ShowCampaigns(ByVal Control As IRibbonControl)
    LGS_Call "show_campaigns()"
End Sub

Public Sub LGS_DropCampaign(ByVal Control As IRibbonControl)
    LGS_Call "drop_campaign()"
End Sub

' The tag is fixed text of ribbon.xml: a segment's name.
Public Sub LGS_ExportSegment(ByVal Control As IRibbonControl)
    LGS_Call "export_segment('" & Replace(Control.Tag, "'", "\'") & "')"
End Sub

Public Sub LGS_Mail(ByVal Control As IRibbonControl)
    LGS_Call "mail()"
End Sub

Public Sub LGS_SavePdf(ByVal Control As IRibbonControl)
    LGS_Call "save_pdf()"
End Sub

Public Sub LGS_SaveCopy(ByVal Control As IRibbonControl)
    LGS_Call "save_copy()"
End Sub

Public Sub LGS_CheckSetup(ByVal Control As IRibbonControl)
    LGS_Call "check_setup()"
End Sub

Public Sub LGS_OpenLog(ByVal Control As IRibbonControl)
    LGS_Call "open_log()"
End Sub

Public Sub LGS_About(ByVal Control As IRibbonControl)
    LGS_Call "about()"
End Sub

Public Sub LGS_ShowFilter(ByVal Control As IRibbonControl, ByRef Text As Variant)
    Dim Shown As Variant
    Shown = LGS_Cells(Control.Tag).Value
    If VarType(Shown) = vbDate Or VarType(Shown) = vbDouble Then
        Text = Format$(Shown, "yyyy-mm")
    ElseIf Control.Tag = "lgs_Country" And Len(Shown) = 0 Then
        Text = ALL_COUNTRIES
    Else
        Text = CStr(Shown)
    End If
End Sub

' The cell has the format of text, so that nothing typed becomes a formula.
Public Sub LGS_SetCountry(ByVal Control As IRibbonControl, ByVal Text As String)
    With LGS_Cells(Control.Tag)
        .NumberFormat = "@"
        If Text = ALL_COUNTRIES Then .Value = "" Else .Value = Text
    End With
    LGS_Invalidate
End Sub

Public Sub LGS_SetText(ByVal Control As IRibbonControl, ByVal Text As String)
    LGS_Cells(Control.Tag).NumberFormat = "@"
    LGS_Cells(Control.Tag).Value = Text
    LGS_Invalidate
End Sub

' Only a date is written, or nothing.
Public Sub LGS_SetMonth(ByVal Control As IRibbonControl, ByVal Text As String)
    If Text = "" Then
        LGS_Cells(Control.Tag).Value = ""
    ElseIf Text Like "[12]###-0[1-9]" Or Text Like "[12]###-1[0-2]" Then
        LGS_Cells(Control.Tag).Value = DateSerial(CInt(Left$(Text, 4)), CInt(Right$(Text, 2)), 1)
    Else
        MsgBox "'" & Text & "' is not a month. Write it as YYYY-MM, such as 2011-11.", vbExclamation, "LGS Analytics"
    End If
    LGS_Invalidate
End Sub

Public Sub LGS_CountCountries(ByVal Control As IRibbonControl, ByRef Count As Variant)
    Count = 1 + LGS_Cells("lgs_Countries").Rows.Count
End Sub

Public Sub LGS_NameCountry(ByVal Control As IRibbonControl, ByVal Index As Integer, ByRef Label As Variant)
    If Index = 0 Then
        Label = ALL_COUNTRIES
    Else
        Label = CStr(LGS_Cells("lgs_Countries").Cells(Index, 1).Value)
    End If
End Sub
